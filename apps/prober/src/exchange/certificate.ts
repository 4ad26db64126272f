/** What is worth telling of a certificate: when the first of its chain expires, and who issued it. */
import type { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '@quorate/contracts';

const dayMs = 86_400_000;
const issuerCharactersMax = 512;
/** Real chains have two to four; a hostile one could have thousands. */
const chainLengthMax = 10;

function* chainOf(leaf: X509Certificate): Generator<X509Certificate> {
  let certificate: X509Certificate | undefined = leaf;
  for (let depth = 0; certificate !== undefined && depth < chainLengthMax; depth++) {
    yield certificate;
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? undefined : issuer;
  }
}

export interface CertificateJudge {
  /** The present, in milliseconds since the epoch. */
  readonly now: number;
  readonly certificateWarningDays: number;
}

export function certificateFacts(
  leaf: X509Certificate,
  { now, certificateWarningDays }: CertificateJudge,
): CertificateFacts {
  const expiries = [...chainOf(leaf)].map((certificate) => certificate.validToDate.getTime());
  const notAfter = Math.max(0, Math.min(...expiries));
  const daysLeft = Math.floor((notAfter - now) / dayMs);
  return {
    notAfter,
    daysLeft,
    issuer: leaf.issuer.replaceAll('\n', ', ').slice(0, issuerCharactersMax),
    warning: daysLeft < certificateWarningDays,
  };
}

/** Of several hops' certificates the one that expires first is the one to tell of. */
export function earlier(known: CertificateFacts | null, facts: CertificateFacts): CertificateFacts {
  return known !== null && known.notAfter <= facts.notAfter ? known : facts;
}
