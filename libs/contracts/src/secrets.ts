/**
 * Which parts of a monitor or a channel are secret. They travel and rest sealed: a string with `sealedPrefix`, made and
 * opened by the services that hold the key (`@quorate/runtime`).
 */
import type { ChannelSettings, HeartbeatSettings } from './channel.ts';
import type { HttpProbe, Probe } from './probe.ts';

export const sealedPrefix = 'sealed:v1:';

/** Turns one secret into what takes its place; `field` is its JSON pointer inside the entity. */
export type SecretMapping = (secret: string, field: string) => string;

const secretHeader = /^(cookie|proxy-authorization|authorization)$|token|secret|api-?key|password|credential/i;

/** Whether a header of this name carries a credential. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name);
}

function mapHeaders(headers: Record<string, string>, pointer: string, map: SecretMapping): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecretHeader(name) ? map(value, `${pointer}/${name.toLowerCase()}`) : value,
    ]),
  );
}

function mapHttpAuth(auth: HttpProbe['auth'], map: SecretMapping): HttpProbe['auth'] {
  switch (auth.type) {
    case 'none':
      return auth;
    case 'basic':
      return { ...auth, password: map(auth.password, '/http/auth/password') };
    case 'bearer':
      return { ...auth, token: map(auth.token, '/http/auth/token') };
    default:
      return auth satisfies never;
  }
}

/** A copy of a monitor, its record, or a check's probe with each secret mapped. */
export function mapProbeSecrets<Holder extends Probe>(holder: Holder, map: SecretMapping): Holder {
  if (holder.type !== 'http') return holder;
  const { http } = holder;
  return {
    ...holder,
    http: { ...http, auth: mapHttpAuth(http.auth, map), headers: mapHeaders(http.headers, '/http/headers', map) },
  };
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
        webhook: { ...webhook, secret, headers: mapHeaders(webhook.headers, '/webhook/headers', map) },
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
