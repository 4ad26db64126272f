/** The routes by which the process is operated, as they are documented. */
import { z } from 'zod';
import { operation } from '../http/operation.ts';

const tag = 'Operation';

const serviceHealthSchema = z.object({ ready: z.boolean(), detail: z.string() });
const readinessSchema = z.object({
  status: z.enum(['ready', 'waiting']),
  services: z.record(z.string(), serviceHealthSchema),
});

export const readLiveness = operation({
  tag,
  route: 'GET /healthz',
  id: 'readLiveness',
  summary: 'Says that the process lives',
  isPublic: true,
  answer: {
    status: 200,
    description: 'It lives.',
    schema: z.object({ status: z.literal('alive') }),
    example: { status: 'alive' },
  },
});

export const readReadiness = operation({
  tag,
  route: 'GET /readyz',
  id: 'readReadiness',
  summary: 'Says whether the process does its work, and if not, what it waits for',
  isPublic: true,
  answer: {
    status: 200,
    description: 'It does its work.',
    schema: readinessSchema,
    example: { status: 'ready', services: { api: { ready: true, detail: 'Serves requests.' } } },
  },
  otherAnswers: {
    503: {
      description: 'It waits for something.',
      schema: readinessSchema,
      example: { status: 'waiting', services: { api: { ready: false, detail: 'The database cannot be reached.' } } },
    },
  },
});

export const readMetrics = operation({
  tag,
  route: 'GET /metrics',
  id: 'readMetrics',
  summary: 'Shows the metrics of the process in the text format of Prometheus',
  isPublic: true,
  answer: {
    status: 200,
    description: 'The metrics.',
    mediaType: 'text/plain; version=0.0.4; charset=utf-8',
    example: 'quorate_outbox_published_total 12\n',
  },
});
