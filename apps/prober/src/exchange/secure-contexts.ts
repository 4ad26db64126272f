/** Whom TLS trusts and what it shows: one context for all monitors that bring the same certificates. */
import { createHash, X509Certificate } from 'node:crypto';
import type { ClientCertificate, Instant, TlsMaterial } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import { Trust } from './trust.ts';

/** As whom a connection is secured. */
export interface TlsIdentity {
  readonly context: Trust;
  /** When the client certificate expires; null where there is none. */
  readonly identityEndsAt: Instant | null;
}

export interface TlsIdentities {
  /** With the client certificate, for the origin that it is for. */
  readonly own: TlsIdentity;
  /** Without it, for whoever a redirect leads to, and for a token endpoint. */
  readonly elsewhere: TlsIdentity;
}

/** Each with authorities of its own holds a copy of the usual ones, a megabyte. What is not kept is made anew. */
const contextsKeptMax = 200;

const isUsual = ({ ca, clientCertificate }: TlsMaterial): boolean => ca === null && clientCertificate === null;

/** Names what a monitor brings along; empty where that is nothing. */
export function nameOfMaterial(material: TlsMaterial): string {
  if (isUsual(material)) return '';
  const { ca, clientCertificate } = material;
  return createHash('sha256').update(JSON.stringify({ ca, clientCertificate })).digest('base64url');
}

export class SecureContexts {
  /** For monitors that bring nothing along; it holds no session. */
  readonly usual: Trust;
  /** As whom such monitors come. */
  readonly nobody: TlsIdentities;
  readonly #authorities: readonly string[];
  readonly #kept = new Map<string, TlsIdentities>();

  /** `authorities` is PEM of those to trust beside the usual ones, for all monitors. */
  constructor(authorities?: string) {
    this.#authorities = authorities === undefined ? [] : [authorities];
    const identity = { context: new Trust(this.#authorities), identityEndsAt: null };
    this.usual = identity.context;
    this.nobody = { own: identity, elsewhere: identity };
  }

  /** As whom a probe comes that leads to nobody else. */
  identityOf(material: TlsMaterial): TlsIdentity | Failure {
    const identities = this.for(material);
    return identities instanceof Failure ? identities : identities.own;
  }

  for(material: TlsMaterial): TlsIdentities | Failure {
    if (isUsual(material)) return this.nobody;
    const name = nameOfMaterial(material);
    const identities = this.#kept.get(name) ?? this.#make(material);
    if (!(identities instanceof Failure)) this.#keep(name, identities);
    return identities;
  }

  #make({ ca, clientCertificate }: TlsMaterial): TlsIdentities | Failure {
    try {
      const elsewhere =
        ca === null ? this.nobody.elsewhere : { context: new Trust([...this.#authorities, ca]), identityEndsAt: null };
      if (clientCertificate === null) return { own: elsewhere, elsewhere };
      return { own: this.#identityOf(clientCertificate, ca === null ? [] : [ca]), elsewhere };
    } catch (error) {
      const { code = 'unreadable' } = error as NodeJS.ErrnoException;
      return new Failure('auth.certificate', `the monitor's certificates cannot be used (${code})`);
    }
  }

  #identityOf({ certificate, key, passphrase }: ClientCertificate, authorities: readonly string[]): TlsIdentity {
    const shown = { cert: certificate, key, ...(passphrase === null ? {} : { passphrase }) };
    return {
      context: new Trust([...this.#authorities, ...authorities], shown),
      identityEndsAt: new X509Certificate(certificate).validToDate.getTime(),
    };
  }

  /** The one that was used longest ago goes first. */
  #keep(name: string, identities: TlsIdentities): void {
    this.#kept.delete(name);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= contextsKeptMax && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(name, identities);
  }
}
