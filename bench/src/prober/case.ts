/** What one line of the prober's benchmark measures, and how its origins are named. */

/** How checks are made: `bare` loops do no more than what any client must. */
export const loopNames = ['quorate', 'undici', 'net'] as const;
export type LoopName = (typeof loopNames)[number];

export interface BenchCase {
  readonly name: 'http-fresh' | 'http-fresh-named' | 'http-reused' | 'https-fresh';
  readonly origins: number;
  readonly inFlight: number;
}

/** What a child is told about the servers that it checks. */
export interface Origins {
  readonly port: number;
  /** `address:port` of the name server that knows them. */
  readonly nameServer: string;
  /** PEM of the authority behind their certificates. */
  readonly authority: string;
}

export const isKept = ({ name }: BenchCase): boolean => name === 'http-reused';
export const isSecured = ({ name }: BenchCase): boolean => name === 'https-fresh';
const isNamed = ({ name }: BenchCase): boolean => name === 'http-fresh-named';

/** Each origin has an address of its own; Linux answers for all of 127.0.0.0/8. */
function addressOf(index: number): string {
  const number = index + 1;
  return `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

const nameSuffix = '.origin.test';
const nameOf = (index: number): string => `o${index}${nameSuffix}`;

/** The address behind a name that `hostOf` gave. */
export function addressOfName(name: string): string | null {
  if (!name.startsWith('o') || !name.endsWith(nameSuffix)) return null;
  return addressOf(Number(name.slice(1, -nameSuffix.length)));
}

/** Where the names of TLS origins lead is known without asking: what is measured there is the handshake. */
export function hostOf(benchCase: BenchCase, index: number): string {
  return isNamed(benchCase) ? nameOf(index) : addressOf(index);
}
