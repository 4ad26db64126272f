/** Channels on the wire: what is asked and what is answered. */
import { randomBytes } from 'node:crypto';
import { channelSettingsSchema, heartbeatSettingsSchema, type ChannelSettings } from '@quorate/contracts';
import { z } from 'zod';
import { pageParametersOf } from '../http/page.ts';

export const channelIdParameters = z.strictObject({ id: z.uuid() });

const [pagerdutySettingsSchema, webhookSettingsSchema] = channelSettingsSchema.options;
const webhookFieldsSchema = webhookSettingsSchema.shape.webhook;

const signingSecretBytes = 32;

/** Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
export function isSigningSecret(secret: string): boolean {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (text === undefined) return false;
  const { length } = Buffer.from(text, 'base64');
  return length >= 24 && length <= 64;
}

/** A new secret to sign webhooks by. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(signingSecretBytes).toString('base64')}`;
}

/** What `POST /channels` takes: a webhook's secret may be left out. */
export const newChannelSchema = z.discriminatedUnion('type', [
  pagerdutySettingsSchema,
  webhookSettingsSchema.extend({
    webhook: webhookFieldsSchema.extend({ secret: webhookFieldsSchema.shape.secret.optional() }),
  }),
]);
export type NewChannel = z.output<typeof newChannelSchema>;

/** The settings with what was left out made up, and whether that was so. */
export function completeChannel(channel: NewChannel): { settings: ChannelSettings; hasNewSecret: boolean } {
  if (channel.type !== 'webhook' || channel.webhook.secret !== undefined) {
    return { settings: channel as ChannelSettings, hasNewSecret: false };
  }
  return { settings: { ...channel, webhook: { ...channel.webhook, secret: newSigningSecret() } }, hasNewSecret: true };
}

const answerFields = { id: z.uuid(), version: z.int().min(1) };

export const channelSchema = z.discriminatedUnion('type', [
  pagerdutySettingsSchema.extend(answerFields),
  webhookSettingsSchema.extend(answerFields),
  heartbeatSettingsSchema.extend(answerFields),
]);
export type ChannelAnswer = z.infer<typeof channelSchema>;

export const channelsQuerySchema = z.strictObject(pageParametersOf(z.uuid()));
export type ChannelsQuery = z.output<typeof channelsQuerySchema>;

export const channelTestSchema = z.strictObject({
  /** `GET /deliveries?channelId=` shows how it went. */
  deliveryId: z.string(),
});
