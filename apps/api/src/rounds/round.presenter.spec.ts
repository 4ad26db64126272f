import { describe, expect, it } from '@jest/globals';
import type { CertificateFacts } from '@quorate/contracts';
import { presentFirstExpiry } from './round.presenter.ts';

const seen = (day: number): { certificate: CertificateFacts } => ({
  certificate: {
    notAfter: Date.UTC(2027, 0, day),
    daysLeft: day,
    issuer: 'CN=Example CA',
    subject: 'CN=shop.example.com',
    firstToExpire: 'CN=shop.example.com',
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    warning: day < 14,
  },
});

describe('the certificate of a monitor', () => {
  it('is the one that expires first among those that the regions saw', () => {
    const votes = [seen(20), { certificate: null }, seen(13), seen(21)];
    const first = { notAfter: '2027-01-13T00:00:00.000Z', daysLeft: 13, warning: true };
    expect(presentFirstExpiry(votes)).toMatchObject(first);
  });

  it('is none where nobody saw one', () => {
    expect(presentFirstExpiry([{ certificate: null }])).toBeNull();
    expect(presentFirstExpiry([])).toBeNull();
  });
});
