import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration.ts';
import { configurationExitCode, crashExitCode, describeFailure, exitCodeOf } from './failure.ts';

const fault = { subject: 'QUORATE_REGON', problem: 'is not a setting', remedy: 'Did you mean QUORATE_REGION?' };

describe('a failed start', () => {
  it('names each fault and its remedy, without a stack trace', () => {
    const error = new ConfigurationError([fault, { ...fault, remedy: 'Remove it' }]);
    expect(describeFailure('prober', error)).toBe(
      [
        'Quorate prober could not start: 2 faults in its configuration.',
        '  - QUORATE_REGON is not a setting. Did you mean QUORATE_REGION?',
        '  - QUORATE_REGON is not a setting. Remove it.',
      ].join('\n'),
    );
  });

  it('tells the reasons behind any other error', () => {
    const error = new Error('Kafka does not answer', { cause: new AggregateError([new Error('ECONNREFUSED')]) });
    expect(describeFailure('prober', error)).toBe(
      'Quorate prober could not start: Kafka does not answer (ECONNREFUSED)',
    );
  });

  it('ends with a code that says whether a restart may help', () => {
    expect(exitCodeOf(new ConfigurationError([fault]))).toBe(configurationExitCode);
    expect(exitCodeOf(new Error('crash'))).toBe(crashExitCode);
  });
});
