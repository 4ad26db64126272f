/** The topics as the log is asked for them. */
import { describe, expect, it } from '@jest/globals';
import { topicSettings } from './topic-settings.ts';

describe('topicSettings', () => {
  it('gives the partitioned topics the installation’s count, and those that are followed whole one', () => {
    const counts = Object.fromEntries(topicSettings(7).map(({ name, partitionCount }) => [name, partitionCount]));
    expect(counts).toMatchObject({
      monitors: 7,
      votes: 7,
      deliveries: 7,
      pings: 7,
      gateways: 1,
      directory: 1,
      heartbeats: 1,
      'partition-reports': 1,
      'platform-commands': 1,
      'platform-state': 1,
      'dead-letters': 1,
    });
  });

  it('keeps the newest of each key of the compacted, and the others for their time', () => {
    const retention = Object.fromEntries(topicSettings(12).map((topic) => [topic.name, topic.retention]));
    expect(retention['monitor-state']).toEqual({ compacted: true });
    expect(retention['votes']).toEqual({ compacted: false, retentionMs: 86_400_000 });
  });
});
