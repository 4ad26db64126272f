/** When a certificate expires, as people are told. */
import type { CertificateFacts } from '@quorate/contracts';

/** `in 13 days (2026-12-04)`, counted from when it was seen. */
export function expiryWords({ notAfter, daysLeft }: Pick<CertificateFacts, 'notAfter' | 'daysLeft'>): string {
  const date = new Date(notAfter).toISOString().slice(0, 10);
  if (daysLeft < 1) return `in less than a day (${date})`;
  return `in ${daysLeft === 1 ? '1 day' : `${daysLeft} days`} (${date})`;
}
