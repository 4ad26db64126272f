import { describe, expect, it } from '@jest/globals';
import { isLoopback, readQuorateConfiguration } from './quorate.config.ts';

describe('the configuration of the single process', () => {
  it('needs nothing to be set', () => {
    expect(readQuorateConfiguration({})).toMatchObject({
      QUORATE_HTTP_PORT: 3000,
      QUORATE_HTTP_HOST: '127.0.0.1',
      QUORATE_DATA_DIR: '.quorate',
      QUORATE_REGIONS: ['local'],
    });
  });

  it('refuses what belongs to a cluster, naming each contradiction', () => {
    const read = (): unknown => readQuorateConfiguration({ KAFKA_BROKERS: 'kafka:9092', QUORATE_REGION: 'eu' });
    expect(read).toThrow(/KAFKA_BROKERS contradicts npm start.*\nQUORATE_REGION is the region of a prober of its own/);
  });
});

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.example.com', false],
  ])('%s: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});
