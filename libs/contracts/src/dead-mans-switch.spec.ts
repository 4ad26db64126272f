import { describe, expect, it } from '@jest/globals';
import { deadMansSwitchSettingsSchema, drillIntervalSeconds } from './dead-mans-switch.ts';

const url = 'https://hc-ping.com/8f14e45f-ceea-467f-a8f3-0e1f2d3c4b5a';
const channelIds = ['11111111-1111-4111-8111-111111111111'];

function faultsOf(input: unknown): string[] {
  const parsed = deadMansSwitchSettingsSchema.safeParse(input);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
}

describe('the settings of the dead man’s switch', () => {
  it('need a URL only', () => {
    expect(deadMansSwitchSettingsSchema.parse({ url })).toEqual({
      url,
      method: 'GET',
      intervalSeconds: 60,
      drill: null,
    });
    const { drill } = deadMansSwitchSettingsSchema.parse({ url, drill: { channelIds } });
    expect(drill).toEqual({ everyMinutes: 1_440, downSeconds: 120, channelIds });
  });

  it.each([
    [60, 60, 35],
    [3_600, 60, 35],
    [20, 60, 25],
    [5, 60, 10],
  ])(
    'of a beat every %d s let the outage of a drill last at least until it is confirmed',
    (intervalSeconds, everyMinutes, least) => {
      const drillOf = (downSeconds: number) => ({
        url,
        intervalSeconds,
        drill: { everyMinutes, downSeconds, channelIds },
      });
      expect(faultsOf(drillOf(least))).toEqual([]);
      expect(faultsOf(drillOf(least - 1)).join()).toContain('/drill/downSeconds');
      expect(drillIntervalSeconds(intervalSeconds) + 5).toBe(least);
    },
  );

  it('let the outage of a drill take half of its period at most', () => {
    const drillOf = (downSeconds: number) => ({ url, drill: { everyMinutes: 5, downSeconds, channelIds } });
    expect(faultsOf(drillOf(150))).toEqual([]);
    expect(faultsOf(drillOf(151))).toEqual(['/drill/downSeconds: must be at most 150: half of everyMinutes']);
  });
});
