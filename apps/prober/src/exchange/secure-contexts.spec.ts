import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TlsMaterial } from '@quorate/contracts';
import { createAuthority, type Issued } from '@quorate/testing';
import { Failure } from '../attempt/failure.ts';
import { SecureContexts, type TlsIdentities } from './secure-contexts.ts';

let issued: Issued;

beforeAll(async () => {
  issued = await (await createAuthority()).issue({ names: ['the prober'] });
});

/** The key needs no passphrase: each makes another monitor of it. */
function showing(passphrase: string): TlsMaterial {
  return { ca: null, clientCertificate: { certificate: issued.cert, key: issued.key, passphrase } };
}

function identitiesOf(contexts: SecureContexts, material: TlsMaterial): TlsIdentities {
  const identities = contexts.for(material);
  if (identities instanceof Failure) throw new Error(identities.message);
  return identities;
}

describe('TLS contexts', () => {
  it('are one for all monitors that bring nothing along', () => {
    const contexts = new SecureContexts();
    const { own, elsewhere } = identitiesOf(contexts, { ca: null, clientCertificate: null });
    expect([own.context, elsewhere.context]).toEqual([contexts.usual, contexts.usual]);
    expect(own.context).toBe(elsewhere.context);
  });

  it('are made once for monitors that bring the same along, and show nothing elsewhere', () => {
    const contexts = new SecureContexts();
    const identities = identitiesOf(contexts, showing('a'));
    expect(identities.own.identityEndsAt).toBeGreaterThan(0);
    expect(identities.elsewhere).toEqual({ context: contexts.usual, identityEndsAt: null });
    expect(contexts.for(showing('a'))).toBe(identities);
    expect(contexts.for(showing('b'))).not.toBe(identities);
  });

  it('are bounded in number: the one that was used longest ago is made anew', () => {
    const contexts = new SecureContexts();
    const [first, second] = [identitiesOf(contexts, showing('0')), identitiesOf(contexts, showing('1'))];
    for (let monitor = 2; monitor < 200; monitor++) contexts.for(showing(`${monitor}`));
    expect(contexts.for(showing('0'))).toBe(first);
    contexts.for(showing('one more'));
    expect(contexts.for(showing('0'))).toBe(first);
    expect(contexts.for(showing('1'))).not.toBe(second);
  });

  it('that cannot be made are a reason', () => {
    const broken = { certificate: issued.cert, key: 'no key', passphrase: null };
    expect(new SecureContexts().for({ ca: null, clientCertificate: broken })).toMatchObject({
      reason: 'auth.certificate',
      outcome: 'down',
    });
  });
});
