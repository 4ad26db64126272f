import { describe, expect, it } from '@jest/globals';
import { errorOfCode, fencedTypes, isType, KafkaError, kafkaErrorOf, transientTypes } from './kafka-error.ts';

const kafkajsError = (name: string, message: string, type?: string) =>
  Object.assign(new Error(message), { name, ...(type !== undefined && { type }) });

describe('kafkaErrorOf', () => {
  it.each([
    [
      'a protocol error',
      kafkajsError('KafkaJSProtocolError', 'moved', 'NOT_LEADER_FOR_PARTITION'),
      'NOT_LEADER_FOR_PARTITION',
    ],
    [
      'a code that kafkajs does not know',
      kafkajsError('KafkaJSProtocolError', 'Unknown error code 90', 'X'),
      'PRODUCER_FENCED',
    ],
    ['a code that nobody knows', kafkajsError('KafkaJSProtocolError', 'Unknown error code 999'), 'CODE_999'],
    ['a lost connection', kafkajsError('KafkaJSConnectionClosedError', 'Closed connection'), 'CONNECTION_CLOSED'],
    ['a silent node', kafkajsError('KafkaJSRequestTimeoutError', 'Request timed out'), 'TIMED_OUT'],
    ['a fault of ours', new TypeError('x is undefined'), 'UNKNOWN'],
  ])('names %s', (_situation, error, type) => {
    expect(kafkaErrorOf(error, 'Produce')).toMatchObject({ type, cause: error });
  });

  it('leaves what has a name already', () => {
    const error = new KafkaError('TIMED_OUT', 'Fetch');
    expect(kafkaErrorOf(error, 'Produce')).toBe(error);
  });
});

describe('errorOfCode', () => {
  it('is null for a part of an answer that went well', () => expect(errorOfCode(0, 'Fetch')).toBeNull());

  it.each([
    [47, fencedTypes],
    [90, fencedTypes],
    [6, transientTypes],
    [16, transientTypes],
  ])('knows what code %i stands for', (code, types) => {
    expect(isType(errorOfCode(code, 'Produce'), types)).toBe(true);
  });
});
