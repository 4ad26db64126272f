/** Whom probes trust: the contexts that handshakes are made with, and the authorities that complete a chain. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { TlsVersion } from '@quorate/contracts';

/** Lets old versions, hashes and key sizes through, for a monitor that asks for them. */
const legacyCiphers = 'DEFAULT@SECLEVEL=0';

const isLegacy = (minVersion: TlsVersion): boolean => minVersion === 'TLSv1' || minVersion === 'TLSv1.1';

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

type BySubject = ReadonlyMap<string, readonly X509Certificate[]>;

function index(authorities: readonly string[]): BySubject {
  const found = new Map<string, X509Certificate[]>();
  for (const pem of authorities) {
    const certificate = new X509Certificate(pem);
    found.set(certificate.subject, [...(found.get(certificate.subject) ?? []), certificate]);
  }
  return found;
}

let usualAuthorities: BySubject | null = null;

/** Read once a process: there are some two hundred. */
function readUsualAuthorities(): BySubject {
  usualAuthorities ??= index(getCACertificates('default'));
  return usualAuthorities;
}

/** A client certificate, as it is shown to a target that asks for one. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** Read as one text, which takes half of the time. */
let usualText: string | null = null;

function authoritiesBeside(own: readonly string[]): { readonly ca?: string[] } {
  if (own.length === 0) return {};
  usualText ??= getCACertificates('default').join('\n');
  return { ca: [usualText, ...own] };
}

let trustCount = 0;

export class Trust {
  /** Tells it from every other of this process. */
  readonly id = trustCount++;
  /** One for all probes: making it costs more than a handshake's other bookkeeping, and it holds no session. */
  readonly context: SecureContext;
  readonly #options: { readonly ca?: string[] } & Partial<Shown>;
  readonly #own: BySubject;
  readonly #usual = readUsualAuthorities();
  #legacy: SecureContext | null = null;

  /** `authorities` (PEM) are trusted beside the usual ones. */
  constructor(authorities: readonly string[] = [], shown: Partial<Shown> = {}) {
    this.#options = { ...authoritiesBeside(authorities), ...shown };
    this.context = createSecureContext(this.#options);
    this.#own = index(authorities.flatMap((text) => text.match(pemCertificate) ?? []));
  }

  contextFor(minVersion: TlsVersion): SecureContext {
    if (!isLegacy(minVersion)) return this.context;
    this.#legacy ??= createSecureContext({ ...this.#options, minVersion: 'TLSv1', ciphers: legacyCiphers });
    return this.#legacy;
  }

  /** The trusted authority that may have issued a certificate; of several the one that lasts longest. */
  issuerOf(certificate: X509Certificate): X509Certificate | null {
    const named = [...(this.#own.get(certificate.issuer) ?? []), ...(this.#usual.get(certificate.issuer) ?? [])];
    return longestLasting(named.filter((authority) => certificate.checkIssued(authority)));
  }
}

export function longestLasting(certificates: readonly X509Certificate[]): X509Certificate | null {
  const [longest] = certificates.toSorted((left, right) => Number(right.validToDate) - Number(left.validToDate));
  return longest ?? null;
}
