/** The name of one replica of a service. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

const hostCharactersMax = 60;

/** The configured name, kept for good; else one for this life of the process. */
export function instanceName(configured: string | undefined): string {
  return configured ?? `${hostname().slice(0, hostCharactersMax)}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
