/** Takes a probe's own credentials out of what a target answered: an echo must not carry them into a vote. */
import { isSecretHeader, type HttpProbe } from '@quorate/contracts';

/** A shorter secret would blacken half of an answer and hide little. */
const secretCharactersMin = 4;

export const isWorthHiding = (secret: string): boolean => secret.length >= secretCharactersMin;

export function secretsOf(probe: HttpProbe): string[] {
  return [...secretsOfHeaders(probe.headers), ...secretsOfAuth(probe.auth).filter(isWorthHiding)];
}

export function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  const secret = Object.entries(headers).filter(([name]) => isSecretHeader(name));
  return secret.map(([, value]) => value).filter(isWorthHiding);
}

function secretsOfAuth(auth: HttpProbe['auth']): string[] {
  switch (auth.type) {
    case 'none':
      return [];
    case 'basic':
      return [auth.password, basicCredentials(auth)];
    case 'bearer':
      return [auth.token];
    default:
      return auth satisfies never;
  }
}

export function basicCredentials({ username, password }: { username: string; password: string }): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}

export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
}
