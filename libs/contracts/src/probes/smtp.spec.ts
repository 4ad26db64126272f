import { describe, expect, it } from '@jest/globals';
import { smtpProbeSchema } from './smtp.ts';

const faultsOf = (settings: object) =>
  smtpProbeSchema.safeParse({ host: 'mail.test', ...settings }).error?.issues.map(({ path }) => path.join('/')) ?? [];
const auth = { type: 'plain', username: 'probe', password: 'secret' };

describe('the settings of an SMTP probe', () => {
  it('need a host only', () => {
    expect(smtpProbeSchema.parse({ host: 'mail.test' })).toMatchObject({ port: 25, startTls: 'require', tls: false });
  });

  it('let no password travel in the clear', () => {
    expect(faultsOf({ auth, startTls: 'opportunistic' })).toEqual(['startTls']);
    expect(faultsOf({ auth, startTls: 'never' })).toEqual(['startTls']);
    expect(faultsOf({ auth })).toEqual([]);
    expect(faultsOf({ auth, tls: true, startTls: 'never' })).toEqual([]);
  });

  it('know that TLS begins at once on port 465', () => {
    expect(faultsOf({ port: 465 })).toEqual(['tls']);
    expect(faultsOf({ port: 465, tls: true })).toEqual([]);
  });

  it.each(['a@b>\r\nDATA', 'a b@c', 'nobody', 'ä@b', '<a@b>'])(
    'take no recipient that could end a command: %j',
    (to) => {
      expect(faultsOf({ recipient: { to } })).toEqual(['recipient/to']);
    },
  );
});
