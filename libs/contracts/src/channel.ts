/** A configured destination of alerts, as the API takes it and as `directory` carries it (secrets sealed). */
import { z } from 'zod';
import { channelIdSchema } from './identifiers.ts';
import { headerNameSchema, headerValueSchema, httpUrlSchema } from './probes/http.ts';
import { mapHeaderSecrets, type SecretMapping } from './secrets.ts';
import { stormBrakeSchema } from './storm.ts';

const commonSettings = {
  name: z.string().trim().min(1).max(200),
  /** Takes over a delivery that this channel could not make within five minutes. */
  fallbackChannelId: channelIdSchema.nullable().default(null),
};

const pagingSettings = {
  ...commonSettings,
  /** When many monitors open at once, the channel gets one roll-up of them instead of a page for each. */
  stormBrake: stormBrakeSchema.prefault({}),
};

const pagerdutySettingsSchema = z.strictObject({
  ...pagingSettings,
  type: z.literal('pagerduty'),
  pagerduty: z.strictObject({
    /** Secret. The integration key of a service or an orchestration. */
    routingKey: z.string().min(1).max(4_096),
    url: httpUrlSchema.default('https://events.pagerduty.com/v2/enqueue'),
  }),
});

const webhookSettingsSchema = z.strictObject({
  ...pagingSettings,
  type: z.literal('webhook'),
  webhook: z.strictObject({
    url: httpUrlSchema,
    /** Secret. `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks); made by the API when left out. */
    secret: z.string().min(1).max(4_096),
    headers: z.record(headerNameSchema, headerValueSchema).default({}),
  }),
});

/**
 * Where the sign of life of the dead man's switch goes, as healthchecks.io and its like take it. Quorate makes this
 * channel from the installation's settings: an alert sent here would say that all is well.
 */
export const heartbeatSettingsSchema = z.strictObject({
  ...commonSettings,
  type: z.literal('heartbeat'),
  heartbeat: z.strictObject({
    /** Secret. Whoever knows it can say that all is well. */
    url: z.string().min(1).max(4_096),
    method: z.enum(['GET', 'POST']),
  }),
});
export type HeartbeatSettings = z.infer<typeof heartbeatSettingsSchema>;

export const channelSettingsSchema = z.discriminatedUnion('type', [pagerdutySettingsSchema, webhookSettingsSchema]);
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

const recordFields = { v: z.literal(1), entity: z.literal('channel'), id: channelIdSchema, version: z.int().min(1) };

/** A record of `directory` under `channel:<id>`; a tombstone says that the channel was deleted. */
export const channelRecordSchema = z.discriminatedUnion('type', [
  pagerdutySettingsSchema.extend(recordFields),
  webhookSettingsSchema.extend(recordFields),
  heartbeatSettingsSchema.extend(recordFields),
]);
export type ChannelRecord = z.infer<typeof channelRecordSchema>;

export function directoryKeyOfChannel(channelId: string): string {
  return `channel:${channelId}`;
}

/** A copy of a channel or its record with each secret mapped. */
export function mapChannelSecrets<Holder extends ChannelSettings | HeartbeatSettings>(
  channel: Holder,
  map: SecretMapping,
): Holder {
  switch (channel.type) {
    case 'pagerduty': {
      const { pagerduty } = channel;
      const routingKey = map(pagerduty.routingKey, '/pagerduty/routingKey');
      return { ...channel, pagerduty: { ...pagerduty, routingKey } };
    }
    case 'webhook': {
      const { webhook } = channel;
      const secret = map(webhook.secret, '/webhook/secret');
      return {
        ...channel,
        webhook: { ...webhook, secret, headers: mapHeaderSecrets(webhook.headers, '/webhook/headers', map) },
      };
    }
    case 'heartbeat': {
      const { heartbeat } = channel;
      return { ...channel, heartbeat: { ...heartbeat, url: map(heartbeat.url, '/heartbeat/url') } };
    }
    default:
      return channel satisfies never;
  }
}
