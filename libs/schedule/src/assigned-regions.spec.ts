import { describe, expect, it } from '@jest/globals';
import { regionsOfRound } from './assigned-regions.ts';

describe('regionsOfRound', () => {
  it.each([
    ['every known region for a star', ['*'], ['ap', 'eu'], ['ap', 'eu', 'us']],
    ['a star beside names as a star', ['eu', '*'], ['ap', 'eu'], ['ap', 'eu', 'us']],
    ['the named regions that are known', ['us', 'eu', 'mars'], ['eu'], ['eu', 'us']],
    ['none when none of them is known', ['mars'], [], []],
    ['the gateway, known or not', ['gateway'], ['gateway'], ['gateway']],
  ])('names %s', (_situation, assigned, expectedRegions, registeredRegions) => {
    const known = { live: ['ap', 'eu'], registered: ['ap', 'eu', 'us'] };
    expect(regionsOfRound(assigned, known)).toEqual({ expectedRegions, registeredRegions });
  });
});
