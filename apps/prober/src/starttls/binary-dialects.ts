/** How TLS is asked for in the protocols that talk in bytes. The conversation keeps a byte as one character. */
import { Failure } from '../attempt/failure.ts';
import type { Understood } from '../exchange/conversation.ts';
import type { AskForTls } from './line-dialects.ts';
import { brokenOff, malformed, quote } from './misunderstanding.ts';

const bytesOf = (heard: string): Buffer => Buffer.from(heard, 'latin1');

/** Length and code of PostgreSQL's SSLRequest. */
const sslRequest = '\x00\x00\x00\x08\x04\xd2\x16\x2f';

export const overPostgresql: AskForTls = async (conversation) => {
  const expected = { reason: 'starttls.malformed', what: 'the S or N of PostgreSQL' } as const;
  conversation.say(sslRequest);
  return await conversation.hear<null>(
    (heard) => {
      if (heard === '') return null;
      if (heard.startsWith('S')) return { value: null, length: 1 };
      if (heard.startsWith('N'))
        return new Failure('starttls.refused', 'the server answered that it has TLS turned off');
      if (heard.startsWith('E')) return new Failure('starttls.refused', 'the server answered with an error, unread');
      return malformed(expected, heard);
    },
    (unheard) => brokenOff(expected, unheard),
  );
};

const mysql = {
  headerBytes: 4,
  protocolVersion: 10,
  error: 0xff,
  /** From the server's version on: its NUL, thread ID, half of a nonce, a filler. */
  beforeCapabilitiesBytes: 1 + 4 + 8 + 1,
  ssl: 0x0800,
} as const;

/** Protocol 4.1, TLS, the authentication of today; packets up to 16 MB; utf8mb4. */
const mysqlSslRequest = Buffer.concat([
  Buffer.from([32, 0, 0, 1]),
  Buffer.from([0x00, 0x8a, 0x08, 0x00]),
  Buffer.from([0x00, 0x00, 0x00, 0x01]),
  Buffer.from([45]),
  Buffer.alloc(23),
]).toString('latin1');

/** Whether the server can do TLS, by the first packet, which it sends unasked. */
function readMysqlGreeting(heard: string): Understood<boolean> | Failure | 'nonsense' | null {
  const bytes = bytesOf(heard);
  if (bytes.length <= mysql.headerBytes) return null;
  const end = mysql.headerBytes + bytes.readUIntLE(0, 3);
  const packet = bytes.subarray(mysql.headerBytes, end);
  const isError = packet[0] === mysql.error;
  if (bytes[3] !== 0 || (packet[0] !== mysql.protocolVersion && !isError)) return 'nonsense';
  if (bytes.length < end) return null;
  if (isError) return new Failure('starttls.refused', `the server refused: ${quote(packet.toString('latin1', 3))}`);
  const flagsAt = packet.indexOf(0, 1) + mysql.beforeCapabilitiesBytes;
  if (packet.indexOf(0, 1) === -1 || packet.length < flagsAt + 2) return 'nonsense';
  return { value: (packet.readUInt16LE(flagsAt) & mysql.ssl) !== 0, length: end };
}

export const overMysql: AskForTls = async (conversation) => {
  const expected = { reason: 'starttls.malformed', what: 'the greeting of MySQL' } as const;
  const canTls = await conversation.hear(
    (heard) => {
      const greeting = readMysqlGreeting(heard);
      return greeting === 'nonsense' ? malformed(expected, heard) : greeting;
    },
    (unheard) => brokenOff(expected, unheard),
  );
  if (canTls instanceof Failure) return canTls;
  if (!canTls) return new Failure('starttls.refused', 'the server greeted without the flag that says that it can TLS');
  // What was said before TLS is judged before the server is told to begin: it says nothing in between.
  if (conversation.text === '') conversation.say(mysqlSslRequest);
  return null;
};

const startTlsOid = '1.3.6.1.4.1.1466.20037';
const ldap = { sequence: 0x30, extendedResponse: 0x78, enumerated: 0x0a, longLength: 0x80, success: 0 } as const;
/** An ExtendedRequest (RFC 4511, 4.14.1), message 1. */
const ldapStartTls = `\x30\x1d\x02\x01\x01\x77\x18\x80\x16${startTlsOid}`;

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly end: number;
}

/** The first BER element; null while it is not whole. */
function readElement(bytes: Buffer): Element | null {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return null;
  const lengthBytes = first < ldap.longLength ? 0 : Math.min(first - ldap.longLength, 4);
  if (bytes.length < 2 + lengthBytes) return null;
  const length = lengthBytes === 0 ? first % ldap.longLength : bytes.readUIntBE(2, lengthBytes);
  const begin = 2 + lengthBytes;
  if (bytes.length < begin + length) return null;
  return { tag, content: bytes.subarray(begin, begin + length), end: begin + length };
}

/** The result code in an LDAPMessage that holds an ExtendedResponse (RFC 4511, 4.1.1 and 4.12); null in any other. */
function resultCodeOf(message: Buffer): number | null {
  const messageId = readElement(message);
  const response = messageId === null ? null : readElement(message.subarray(messageId.end));
  const result = response?.tag === ldap.extendedResponse ? readElement(response.content) : null;
  return result?.tag === ldap.enumerated && result.content.length === 1 ? result.content.readUInt8(0) : null;
}

function readLdapResult(heard: string): Understood<number> | 'nonsense' | null {
  const bytes = bytesOf(heard);
  if (bytes.length > 0 && bytes[0] !== ldap.sequence) return 'nonsense';
  const message = readElement(bytes);
  if (message === null) return null;
  const code = resultCodeOf(message.content);
  return code === null ? 'nonsense' : { value: code, length: message.end };
}

export const overLdap: AskForTls = async (conversation) => {
  const expected = { reason: 'starttls.malformed', what: 'an LDAP answer to StartTLS' } as const;
  conversation.say(ldapStartTls);
  const result = await conversation.hear(
    (heard) => {
      const read = readLdapResult(heard);
      return read === 'nonsense' ? malformed(expected, heard) : read;
    },
    (unheard) => brokenOff(expected, unheard),
  );
  if (result instanceof Failure) return result;
  if (result === ldap.success) return null;
  return new Failure('starttls.refused', `the server answered StartTLS with the LDAP result code ${result}`);
};
