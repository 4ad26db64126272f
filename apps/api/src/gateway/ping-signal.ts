/** What a request to a ping URL says: whose token it has, and what became of the run. */
const paths = /^\/heartbeats\/([A-Za-z0-9_-]{1,64})(?:\/([a-z]+|\d{1,3}))?$/;
const exitCodeMax = 255;

export type Signal =
  { readonly kind: 'started' } | { readonly kind: 'ended'; readonly failed: boolean; readonly exitCode: number | null };

export interface PingAddress {
  readonly token: string;
  readonly signal: Signal;
}

function signalOf(word: string | undefined): Signal | null {
  if (word === undefined) return { kind: 'ended', failed: false, exitCode: null };
  if (word === 'start') return { kind: 'started' };
  if (word === 'fail') return { kind: 'ended', failed: true, exitCode: null };
  const exitCode = /^\d+$/.test(word) ? Number(word) : NaN;
  return exitCode <= exitCodeMax ? { kind: 'ended', failed: exitCode !== 0, exitCode } : null;
}

/** Whether a request is one for the gateway, whatever it says. */
export function isPingUrl(url: string): boolean {
  return url.startsWith('/heartbeats/');
}

/** Null for a path that no ping URL has. What follows a `?` says nothing. */
export function pingAddressOf(url: string): PingAddress | null {
  const [path = ''] = url.split('?');
  const [, token, word] = paths.exec(path) ?? [];
  const signal = signalOf(word);
  return token === undefined || signal === null ? null : { token, signal };
}
