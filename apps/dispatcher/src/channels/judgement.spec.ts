import { describe, expect, it } from '@jest/globals';
import { judgeStatus } from './judgement.ts';

describe('judgeStatus', () => {
  it.each([200, 201, 202, 204])('takes %d as taken', (status) => {
    expect(judgeStatus(status)).toEqual({ outcome: 'accepted', error: null });
  });

  it.each([400, 401, 403, 404, 410, 413, 422])('takes %d as refused for good', (status) => {
    expect(judgeStatus(status).outcome).toBe('refused');
  });

  it.each([301, 302, 304, 307, 408, 425, 429, 500, 502, 503, 504, 599])(
    'takes %d as a failure that may pass',
    (status) => {
      expect(judgeStatus(status).outcome).toBe('failed');
    },
  );

  it('repeats what the other side says', () => {
    expect(judgeStatus(400, 'no such key').error).toBe('answered 400: no such key');
    expect(judgeStatus(500, '').error).toBe('answered 500');
  });
});
