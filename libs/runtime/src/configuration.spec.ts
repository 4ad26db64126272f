import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigurationError, readConfiguration, type Environment } from './configuration.ts';
import { processSettingsSchema, settings } from './settings.ts';

const schema = processSettingsSchema.extend({
  QUORATE_REGION: settings.QUORATE_REGION.schema,
  KAFKA_BROKERS: settings.KAFKA_BROKERS.schema,
  QUORATE_SECRET_KEY: settings.QUORATE_SECRET_KEY.schema,
});

const good = {
  QUORATE_REGION: 'eu',
  KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092',
  QUORATE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
};

function faultsOf(environment: Environment): string[] {
  try {
    readConfiguration(schema, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.map(({ subject, problem, remedy }) => `${subject} ${problem}. ${remedy}`);
  }
}

describe('a configuration', () => {
  it('is read with its defaults', () => {
    expect(readConfiguration(schema, good)).toMatchObject({
      QUORATE_HTTP_PORT: 3000,
      QUORATE_HTTP_HOST: '127.0.0.1',
      QUORATE_LOG_LEVEL: 'info',
      KAFKA_BROKERS: ['kafka-1:9092', 'kafka-2:9092'],
      QUORATE_SECRET_KEY: Buffer.alloc(32, 7),
    });
  });

  it('takes empty values for unset ones, as compose files write them', () => {
    expect(readConfiguration(schema, { ...good, QUORATE_HTTP_PORT: '', QUORATE_UNKNOWN: '' }).QUORATE_HTTP_PORT).toBe(
      3000,
    );
  });

  it('names every fault at once, each with its remedy', () => {
    const faults = faultsOf({ QUORATE_HTTP_PORT: '70000', QUORATE_REGON: 'eu', KAFKA_BROKERS: 'kafka' });
    expect(faults).toEqual([
      'QUORATE_REGON is not a setting of Quorate. Did you mean QUORATE_REGION?',
      'QUORATE_HTTP_PORT is not a port. Set it to a port from 0 to 65535; 0 takes a free one',
      expect.stringMatching(/^QUORATE_REGION is not set\. Set it to the name of the region/),
      expect.stringMatching(/^KAFKA_BROKERS holds something that is not host:port\. Set it to addresses host:port/),
      expect.stringMatching(/^QUORATE_SECRET_KEY is not set\. Set it to 32 random bytes/),
    ]);
  });

  it.each(['1.1.1.1', 'none,1.1.1.1:443', '1.1.1.1:443, https://', ' , '])('refuses the canaries %s', (canaries) => {
    const only = z.object({ QUORATE_CANARIES: settings.QUORATE_CANARIES.schema });
    expect(() => readConfiguration(only, { QUORATE_CANARIES: canaries })).toThrow(/QUORATE_CANARIES (holds|names)/);
  });

  it.each(['none', '10.0.0.1:443, https://intranet.example/,[fd00::1]:53'])('takes the canaries %s', (canaries) => {
    const only = z.object({ QUORATE_CANARIES: settings.QUORATE_CANARIES.schema });
    const expected = canaries.split(/, ?/);
    expect(readConfiguration(only, { QUORATE_CANARIES: canaries }).QUORATE_CANARIES).toEqual(expected);
  });

  it('never repeats a value: it may be a secret', () => {
    expect(faultsOf({ ...good, QUORATE_SECRET_KEY: 's3cret', QUORATE_S3CRET_NAME: 's3cret' }).join()).not.toContain(
      's3cret',
    );
  });

  it('names contradictions beside the other faults', () => {
    const contradiction = {
      holds: (environment: Environment) => environment['KAFKA_BROKERS'] !== undefined,
      fault: { subject: 'KAFKA_BROKERS', problem: 'is of no use here', remedy: 'Remove it' },
    };
    const read = (): unknown => readConfiguration(schema, { KAFKA_BROKERS: 'a:1' }, [contradiction]);
    expect(read).toThrow(/QUORATE_REGION is not set[^]*KAFKA_BROKERS is of no use here\. Remove it/);
  });
});

describe('a setting', () => {
  it.each([
    ['QUORATE_HTTP_PORT', '0', 0],
    ['QUORATE_HTTP_HOST', '::1', '::1'],
    ['QUORATE_REGIONS', 'eu, us,ap', ['eu', 'us', 'ap']],
    ['QUORATE_ALLOW_PRIVATE_TARGETS', '10.0.0.0/8,fd00::/8', '10.0.0.0/8,fd00::/8'],
    ['QUORATE_ALLOW_PRIVATE_TARGETS', 'all', 'all'],
    ['OTEL_TRACES_SAMPLER_ARG', '0.25', '0.25'],
    ['DATABASE_URL', 'postgres://u:p@localhost/quorate', 'postgres://u:p@localhost/quorate'],
  ] as const)('%s takes %s', (name, text, value) => {
    expect(z.object({ [name]: settings[name].schema }).parse({ [name]: text })).toEqual({ [name]: value });
  });

  it.each([
    ['QUORATE_HTTP_PORT', '-1'],
    ['QUORATE_HTTP_PORT', '3000x'],
    ['QUORATE_HTTP_HOST', 'not a host'],
    ['QUORATE_REGIONS', 'eu,eu'],
    ['QUORATE_REGIONS', 'EU'],
    ['QUORATE_REGIONS', ','],
    ['QUORATE_REGION', '__proto__'],
    ['QUORATE_ALLOW_PRIVATE_TARGETS', '10.0.0.0/33'],
    ['QUORATE_ALLOW_PRIVATE_TARGETS', 'localhost'],
    ['QUORATE_ADMIN_KEY', 'short'],
    ['QUORATE_INSTANCE', 'with space'],
    ['QUORATE_LOG_LEVEL', 'loud'],
    ['DATABASE_URL', 'mysql://localhost/quorate'],
    ['KAFKA_BROKERS', 'http://kafka:9092'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ] as const)('%s refuses %s', (name, text) => {
    expect(settings[name].schema.safeParse(text).success).toBe(false);
  });
});
