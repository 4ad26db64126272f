/** Which differences of the configuration are put right, and by which version. */
import { describe, expect, it } from '@jest/globals';
import { channelsMissing, compareForms, rowMissing, type Form } from './compare-configuration.ts';

const entity = { topic: 'monitors', key: 'a' } as const;
const row: Form = { version: 3, hash: 1 };
const again = (versionAbove: number | null) => ({ type: 'say-again', entity, versionAbove });
const choose = (toldVersion: number) => ({ type: 'choose', entity, toldVersion });

describe('compareForms', () => {
  it.each([
    ['what the log has as it is', row, 0, null],
    ['what every service has taken in', row, 3, null],
    ['what the log has nothing of', null, 0, { kind: 'record-missing', repair: again(null) }],
    ['what the log has lost, and services know', null, 3, { kind: 'record-missing', repair: again(null) }],
    ['what the log has lost, and services know better', null, 5, { kind: 'record-missing', repair: again(5) }],
    [
      'what the log has in an older version',
      { version: 2, hash: 1 },
      3,
      { kind: 'record-outdated', repair: again(null) },
    ],
    ['what the log has otherwise', { version: 3, hash: 2 }, 0, { kind: 'record-outdated', repair: again(3) }],
    ['what the log has otherwise and newer', { version: 4, hash: 2 }, 4, { kind: 'row-outdated', repair: choose(4) }],
    ['what services know in a newer version', row, 5, { kind: 'record-outdated', repair: again(5) }],
  ])('says of %s what is to be done', (_what, told, knownVersion, finding) => {
    const compared = compareForms({ entity, row, told, knownVersion });
    if (finding === null) expect(compared).toBeNull();
    else expect(compared).toMatchObject({ ...finding, subject: 'a' });
  });

  it('takes another state of things for another finding', () => {
    const evidence = (told: Form | null, version: number, knownVersion: number) =>
      compareForms({ entity, row: { version, hash: version }, told, knownVersion })?.evidence;
    const told = { version: 2, hash: 2 };
    const all = [evidence(told, 3, 0), evidence(told, 4, 0), evidence(null, 3, 0), evidence(told, 3, 9)];
    expect(new Set(all).size).toBe(4);
    expect(evidence(told, 3, 0)).toBe(all[0]);
  });
});

describe('an entity that only the log knows', () => {
  it('is left to people', () => {
    expect(rowMissing(entity, { version: 4, hash: 1 })).toMatchObject({ kind: 'row-missing', repair: choose(4) });
  });
});

describe('a monitor', () => {
  const named = (...channelIds: string[]) =>
    channelsMissing({ monitorId: 'a', settings: { channelIds } }, new Set(['x']));

  it('may name the channels that there are', () => {
    expect([...named(), ...named('x')]).toEqual([]);
  });

  it('is told of when it names others', () => {
    expect(named('x', 'y', 'z')).toMatchObject([{ kind: 'channel-missing', subject: 'a', detail: 'It names y, z.' }]);
  });
});
