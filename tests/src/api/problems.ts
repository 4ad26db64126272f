/** What every refusal has in common. */
import { expect } from '@jest/globals';
import type { Answer, ApiClient, ProblemBody } from './api-client.ts';

/** It is a problem document with this code, and says nothing of how the server is built. */
export function expectProblem(answer: Answer<ProblemBody>, code: string, status: number): void {
  expect({ code: answer.body.code, status: answer.status }).toEqual({ code, status });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|at Object|Error:/);
}

/** Whatever was refused has left nothing behind. */
export async function expectNothingMade(client: ApiClient): Promise<void> {
  for (const path of ['/api/v1/monitors', '/api/v1/channels']) {
    expect((await client.get<{ items: object[] }>(path)).body.items).toEqual([]);
  }
}

/** Posts bytes as they are, said to be JSON. */
export function postRaw(
  client: ApiClient,
  path: string,
  { body, headers }: { body: string | Buffer; headers: object },
): Promise<Answer<ProblemBody>> {
  return client.send<ProblemBody>('POST', path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: body as NonNullable<RequestInit['body']>,
  });
}
