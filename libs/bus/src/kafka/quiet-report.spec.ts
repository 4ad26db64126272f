import { describe, expect, it, jest } from '@jest/globals';
import { KafkaError } from './kafka-error.ts';
import { quietReport, type Report } from './quiet-report.ts';

const failed = (type: string) => ({ error: new KafkaError(type, 'in a test') });

describe('quietReport', () => {
  it('passes on the first of each kind at once', () => {
    const report = jest.fn<Report>();
    const quiet = quietReport(report, () => 0);
    quiet('A task failed', failed('TIMED_OUT'));
    quiet('A task failed', failed('TIMED_OUT'));
    quiet('A task failed', failed('NOT_CONNECTED'));
    quiet('A follower failed', failed('TIMED_OUT'));
    expect(report).toHaveBeenCalledTimes(3);
  });

  it('says later how many it left out', () => {
    let now = 0;
    const report = jest.fn<Report>();
    const quiet = quietReport(report, () => now);
    for (now = 0; now <= 10_000; now += 1_000) quiet('A task failed', failed('TIMED_OUT'));
    expect(report).toHaveBeenCalledTimes(2);
    expect(report.mock.calls[1]?.[1]).toMatchObject({ untoldCount: 9 });
  });
});
