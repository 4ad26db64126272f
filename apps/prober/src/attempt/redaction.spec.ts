import { describe, expect, it } from '@jest/globals';
import { redact } from './redaction.ts';

const secret = `p&ss "wörd"/<it's>`;

describe('a secret', () => {
  it.each([
    ['as it is', secret],
    ['as bytes that were taken for Latin-1', Buffer.from(secret).toString('latin1')],
    ['in JSON', JSON.stringify(secret)],
    ['in HTML', 'p&amp;ss &quot;wörd&quot;/&lt;it&#39;s&gt;'],
    ['in HTML with a hexadecimal apostrophe', 'p&amp;ss &quot;wörd&quot;/&lt;it&#x27;s&gt;'],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL in lower case', encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase())],
    ['in a form', new URLSearchParams({ a: secret }).toString()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 of a URL', Buffer.from(secret).toString('base64url')],
  ])('is taken out %s', (_how, spelling) => {
    expect(redact(`before ${spelling} after`, [secret])).toMatch(/^before "?(a=)?\[redacted\]=*"? after$/);
  });

  it('is taken out everywhere, and the longest first', () => {
    expect(redact('abcd abcdefgh abcd', ['abcd', 'abcdefgh'])).toBe('[redacted] [redacted] [redacted]');
  });

  it('is taken out where it was cut', () => {
    expect(redact('{"got":"secret-tok', ['secret-token'])).toBe('{"got":"[redacted]');
    expect(redact('got "secret-tok…, expected "x"', ['secret-token'])).toBe('got "[redacted]…, expected "x"');
  });

  it('that is hardly one stays', () => {
    expect(redact('abc', ['abc', ''])).toBe('abc');
  });
});
