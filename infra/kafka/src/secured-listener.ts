/** More ways into a broker, each with its own log-in and, where it has a certificate, TLS. */

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
type SaslMechanism = (typeof mechanisms)[number];

export interface SecuredListener {
  readonly mechanisms: readonly SaslMechanism[];
  /** PEM of a PKCS #8 key and of its chain; without them the listener speaks plain text. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

/** The listeners, and the one who may log in at each. */
export interface SecuredAccess {
  readonly user: KafkaUser;
  readonly listeners: readonly SecuredListener[];
}

export const listenerName = (index: number): string => `SECURED${index}`;

export const securityProtocol = ({ identity }: SecuredListener): string =>
  identity === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL';

const loginModules = 'org.apache.kafka.common.security';

function loginModule(mechanism: SaslMechanism, { username, password }: KafkaUser): string {
  return mechanism === 'PLAIN'
    ? `${loginModules}.plain.PlainLoginModule required user_${username}="${password}";`
    : `${loginModules}.scram.ScramLoginModule required;`;
}

/** `java.util.Properties` reads a line break in a value from its escape. */
const inOneLine = (pem: string): string => pem.trim().replaceAll(/\r?\n/g, '\\n');

function identityProperties(prefix: string, { identity }: SecuredListener): Record<string, string> {
  if (identity === undefined) return {};
  return {
    [`${prefix}.ssl.keystore.type`]: 'PEM',
    [`${prefix}.ssl.keystore.key`]: inOneLine(identity.key),
    [`${prefix}.ssl.keystore.certificate.chain`]: inOneLine(identity.cert),
  };
}

/** What `server.properties` says of each listener beside its address. */
export function listenerProperties({ user, listeners }: SecuredAccess): Record<string, string> {
  const entries = listeners.flatMap((listener, index) => {
    const prefix = `listener.name.${listenerName(index).toLowerCase()}`;
    const logins = listener.mechanisms.map((mechanism): [string, string] => [
      `${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`,
      loginModule(mechanism, user),
    ]);
    const enabled: [string, string] = [`${prefix}.sasl.enabled.mechanisms`, listener.mechanisms.join(',')];
    return [enabled, ...logins, ...Object.entries(identityProperties(prefix, listener))];
  });
  return Object.fromEntries(entries);
}

/** SCRAM's users are part of the cluster's own data, from its first record on. */
export function scramArguments(access: SecuredAccess | null): readonly string[] {
  if (access === null) return [];
  const { username, password } = access.user;
  const scram = mechanisms.filter((mechanism) => mechanism !== 'PLAIN');
  return scram.flatMap((mechanism) => ['-S', `${mechanism}=[name=${username},password=${password}]`]);
}
