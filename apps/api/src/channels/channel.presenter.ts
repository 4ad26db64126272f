/** Shows a channel as the API promises it: its settings with secrets redacted. */
import { mapChannelSecrets, type ChannelSettings } from '@quorate/contracts';
import { redactSecrets } from '../secrets/sealing.ts';
import type { ChannelEntity } from './channel.entity.ts';
import type { ChannelAnswer } from './channel.schema.ts';

export function presentChannel({ id, version, settings }: ChannelEntity): ChannelAnswer {
  return { id, ...redactSecrets(settings, mapChannelSecrets), version };
}

/** The one answer that shows a signing secret: the creation that made it up. */
export function presentNewChannel(channel: ChannelEntity, clear: ChannelSettings): ChannelAnswer {
  const shown = presentChannel(channel);
  if (shown.type !== 'webhook' || clear.type !== 'webhook') return shown;
  return { ...shown, webhook: { ...shown.webhook, secret: clear.webhook.secret } };
}
