/** Answers in the shape in which registries give them; names and contacts are made up. */
import { describe, expect, it } from '@jest/globals';
import { readRegistration } from './registration.ts';

const vcard = (name: string) => [
  'vcard',
  [
    ['version', {}, 'text', '4.0'],
    ['fn', {}, 'text', name],
    ['adr', { type: 'work' }, 'text', ['', '', ['1, High Street', 'Floor 2'], 'Town', '', '12345', 'FR']],
    ['tel', { pref: '1', type: ['work', 'voice'] }, 'uri', 'tel:+33.100000000'],
  ],
];

/** What stands beside what is read: extensions, people who are not told, a registrar with contacts of its own. */
function answer(expiresAt: string, changes: object = {}): string {
  return JSON.stringify({
    rdapConformance: ['rdap_level_0', 'icann_rdap_response_profile_0', 'ur_domain_check_0'],
    notices: [{ title: 'Status Codes', links: [{ href: 'https://icann.org/epp' }] }],
    objectClassName: 'domain',
    handle: 'D1-REGISTRY',
    events: [
      { eventAction: 'registration', eventActor: 'somebody', eventDate: '2014-11-12T19:15:55.283Z' },
      { eventAction: 'expiration', eventDate: expiresAt },
      { eventAction: 'last update of RDAP database', eventDate: '2024-06-18T22:01:39+03:00' },
    ],
    status: ['server update prohibited', 'server transfer prohibited'],
    entities: [
      { objectClassName: 'entity', remarks: [{ title: 'REDACTED FOR PRIVACY' }], roles: ['registrant'] },
      { objectClassName: 'entity', vcardArray: ['vcard', [['org', {}, 'text', 'Shop']]], roles: ['technical'] },
      {
        objectClassName: 'entity',
        entities: [{ objectClassName: 'entity', vcardArray: vcard('Abuse contact'), roles: ['abuse'] }],
        vcardArray: vcard('The Registrar'),
        roles: ['sponsor', 'registrar'],
      },
    ],
    ldhName: 'shop.example',
    unicodeName: 'shop.example',
    secureDNS: { delegationSigned: false },
    nameservers: [{ objectClassName: 'nameserver', ldhName: 'ns1.shop.example', status: ['removed'], ipAddresses: {} }],
    ...changes,
  });
}

describe('a registration', () => {
  it('is read as registries tell it', () => {
    expect(readRegistration(answer('2029-06-09T22:08:09Z'), 'shop.example')).toEqual({
      expiresAt: Date.UTC(2029, 5, 9, 22, 8, 9),
      statuses: ['server update prohibited', 'server transfer prohibited'],
      registrar: 'The Registrar',
    });
  });

  it.each([
    ['with tenths', '2029-06-09T22:08:09.0Z'],
    ['with millionths', '2029-06-09T22:08:09.000000Z'],
    ['of another time zone', '2029-06-10T01:08:09+03:00'],
    ['of no time zone, against the rules', '2029-06-09T22:08:09'],
    ['with a space, against the rules', '2029-06-09 22:08:09'],
  ])('expires at the same instant wherever it is read: a date %s', (_what, date) => {
    const registration = readRegistration(answer(date), 'shop.example');
    expect(registration?.expiresAt).toBe(Date.UTC(2029, 5, 9, 22, 8, 9));
  });

  it('is that of the name asked for, whatever its case', () => {
    const text = answer('2029-06-09T22:08:09Z', { ldhName: 'XN--FO-5JA.EXAMPLE.' });
    expect(readRegistration(text, 'xn--fo-5ja.example')).not.toBeNull();
    expect(readRegistration(text, 'shop.example')).toBeNull();
  });
});
