/** Certificates for the specs, named by how long they last. */
import type { CertificateFacts } from '@quorate/contracts';
import { startedAt } from './rehearsal.stage.ts';

const dayMs = 86_400_000;
const warningDays = 14;

export function certificateOf(daysLeft: number, changes: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    notAfter: startedAt + daysLeft * dayMs,
    daysLeft,
    issuer: 'CN=Example CA',
    subject: 'CN=shop.example.com',
    firstToExpire: 'CN=shop.example.com',
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    warning: daysLeft < warningDays,
    ...changes,
  };
}
