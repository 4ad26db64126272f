import { describe, expect, it } from '@jest/globals';
import { tlsProbeSchema } from './tls.ts';

describe('the settings of a TLS probe', () => {
  it('need a host only', () => {
    expect(tlsProbeSchema.parse({ host: 'shop.test' })).toEqual({
      ...{
        host: 'shop.test',
        port: 443,
        serverName: null,
        startTls: null,
        ipFamily: 'auto',
        resolver: null,
        verify: true,
      },
      ...{ certificateWarningDays: 14, ca: null, clientCertificate: null, minVersion: 'TLSv1.2' },
    });
  });

  it('need the port of a protocol that begins in the clear', () => {
    const { error } = tlsProbeSchema.safeParse({ host: 'mail.test', startTls: 'smtp' });
    expect(error?.issues).toMatchObject([
      { path: ['port'], message: 'must be where smtp is spoken before TLS begins, usually 25 or 587' },
    ]);
    expect(tlsProbeSchema.safeParse({ host: 'mail.test', startTls: 'smtp', port: 25 }).success).toBe(true);
  });
});
