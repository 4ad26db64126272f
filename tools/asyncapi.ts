/** Writes `docs/asyncapi.json`: every topic, its writer, readers, retention and the schema of its records. */
import { topics, type TopicDefinition } from '@quorate/contracts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const retentionOf = ({ retention }: TopicDefinition): string =>
  retention.compacted ? 'compacted' : `${retention.retentionMs / 86_400_000} days`;

function channelOf(name: string, topic: TopicDefinition): object {
  return {
    address: name,
    description: `Written by ${topic.writer}; read by ${topic.readers.join(', ')}. Kept: ${retentionOf(topic)}.`,
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
    bindings: {
      kafka: { 'x-partitions': topic.partitions === 'one' ? 1 : 'the count that was chosen at installation' },
    },
  };
}

function messageOf(name: string, topic: TopicDefinition): object {
  const { $schema: _dialect, ...payload } = z.toJSONSchema(topic.schema, { unrepresentable: 'any', io: 'input' });
  const headers = {
    type: 'object',
    properties: { traceparent: { type: 'string', description: 'W3C Trace Context.' } },
  };
  return { name, contentType: 'application/json', headers, payload };
}

function operationsOf(name: string): object {
  return { action: 'receive', channel: { $ref: `#/channels/${name}` } };
}

const mapTopics = (map: (name: string, topic: TopicDefinition) => object): Record<string, object> =>
  Object.fromEntries(Object.entries(topics).map(([name, topic]) => [name, map(name, topic)]));

/** The AsyncAPI 3.0 document of the log, as the contracts describe it. */
export function asyncApiDocument(): string {
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'Quorate', version: '1', description: 'The records on the log. A null value is a tombstone.' },
    channels: mapTopics(channelOf),
    operations: mapTopics(operationsOf),
    components: { messages: mapTopics(messageOf) },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export const asyncApiFile = join(import.meta.dirname, '../docs/asyncapi.json');

if (import.meta.main) writeFileSync(asyncApiFile, asyncApiDocument());
