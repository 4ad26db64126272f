import { describe, expect, it } from '@jest/globals';
import { probeSchema, type Check, type Probe } from '@quorate/contracts';
import { Definitions } from './definitions.ts';

type Defined = Pick<Check, 'monitorId' | 'monitorVersion' | 'kind'>;

const checkOf = (monitorId: string, changes: Partial<Defined> = {}): Defined => ({
  monitorId,
  monitorVersion: 1,
  kind: 'scheduled',
  ...changes,
});
const probeOf = (): Probe => probeSchema.parse({ type: 'http', http: { url: 'http://shop.test/' } });

describe('a definition', () => {
  it('is one object for all checks of its version', () => {
    const definitions = new Definitions();
    const probe = probeOf();
    definitions.remember(checkOf('a'), probe);
    expect(definitions.recall(checkOf('a'))).toBe(probe);
    expect(definitions.recall(checkOf('a', { kind: 'confirming' }))).toBe(probe);
  });

  it('is another for another version, and for another monitor', () => {
    const definitions = new Definitions();
    definitions.remember(checkOf('a'), probeOf());
    expect(definitions.recall(checkOf('a', { monitorVersion: 2 }))).toBeNull();
    expect(definitions.recall(checkOf('b'))).toBeNull();
  });

  it('that is only tried out is neither remembered nor mistaken for the saved one', () => {
    const definitions = new Definitions();
    definitions.remember(checkOf('a', { kind: 'manual' }), probeOf());
    expect(definitions.recall(checkOf('a'))).toBeNull();
    definitions.remember(checkOf('a'), probeOf());
    expect(definitions.recall(checkOf('a', { kind: 'manual' }))).toBeNull();
  });

  it('that was remembered longest ago makes room', () => {
    const definitions = new Definitions(2);
    for (const monitorId of ['a', 'b', 'b', 'c']) definitions.remember(checkOf(monitorId), probeOf());
    expect(['a', 'b', 'c'].map((monitorId) => definitions.recall(checkOf(monitorId)) !== null)).toEqual([
      false,
      true,
      true,
    ]);
  });
});
