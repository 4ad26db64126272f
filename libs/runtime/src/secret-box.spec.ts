import { describe, expect, it } from '@jest/globals';
import { sealedPrefix } from '@quorate/contracts';
import { SecretBox, SecretUnreadableError } from './secret-box.ts';

const box = new SecretBox(Buffer.alloc(32, 1));
const place = { entity: 'channel', id: 'c1', field: '/pagerduty/routingKey' } as const;

describe('a secret box', () => {
  it('opens what it sealed, and says nothing of it in between', () => {
    const sealed = box.seal('R0UT1NG', place);
    expect(sealed.startsWith(sealedPrefix)).toBe(true);
    expect(sealed).not.toContain('R0UT1NG');
    expect(box.open(sealed, place)).toBe('R0UT1NG');
  });

  it('seals the same secret differently each time', () => {
    expect(box.seal('same', place)).not.toBe(box.seal('same', place));
  });

  it('opens nothing that was moved to another place', () => {
    const sealed = box.seal('R0UT1NG', place);
    for (const other of [
      { ...place, id: 'c2' },
      { ...place, field: '/webhook/secret' },
    ]) {
      expect(() => box.open(sealed, other)).toThrow(SecretUnreadableError);
    }
  });

  it('names the key when another one sealed it', () => {
    const sealed = new SecretBox(Buffer.alloc(32, 2)).seal('R0UT1NG', place);
    expect(() => box.open(sealed, place)).toThrow('was sealed with another QUORATE_SECRET_KEY');
  });

  it.each(['', sealedPrefix, 'in the clear', `${sealedPrefix}00000000:AAAA`])(
    'opens no garbage such as "%s"',
    (sealed) => {
      expect(() => box.open(sealed, place)).toThrow(SecretUnreadableError);
    },
  );

  it('notices one changed character', () => {
    const sealed = box.seal('R0UT1NG', place);
    const changed = sealed.endsWith('A') ? `${sealed.slice(0, -1)}Q` : `${sealed.slice(0, -1)}A`;
    expect(() => box.open(changed, place)).toThrow('was changed or moved');
  });

  it('takes a key of 32 bytes only', () => {
    expect(() => new SecretBox(Buffer.alloc(16))).toThrow('32 bytes');
  });
});
