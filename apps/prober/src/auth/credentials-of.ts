/** The credentials that a monitor's settings name, for one visit. */
import { randomBytes } from 'node:crypto';
import type { HttpAuth } from '@quorate/contracts';
import type { Credentials } from './credentials.ts';
import { DigestCredentials } from './digest-credentials.ts';
import { FixedCredentials, noCredentials } from './fixed-credentials.ts';
import { OAuth2Credentials, type OAuth2Surroundings } from './oauth2-credentials.ts';

const cnonceBytes = 16;

export function credentialsOf(auth: HttpAuth, surroundings: () => OAuth2Surroundings): Credentials {
  switch (auth.type) {
    case 'none':
      return noCredentials;
    case 'basic':
    case 'bearer':
      return new FixedCredentials(auth);
    case 'digest':
      return new DigestCredentials(auth, () => randomBytes(cnonceBytes).toString('hex'));
    case 'oauth2':
      return new OAuth2Credentials(auth, surroundings());
    default:
      return auth satisfies never;
  }
}
