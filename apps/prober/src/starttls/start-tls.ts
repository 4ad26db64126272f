/** Begins TLS on a connection that begins in the clear, in the words of its protocol. */
import type { StartTlsProtocol } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { overLdap, overMysql, overPostgresql } from './binary-dialects.ts';
import { overFtp, overImap, overPop3, overSmtp, type AskForTls } from './line-dialects.ts';
import { quote } from './misunderstanding.ts';

const dialects: Readonly<Record<StartTlsProtocol, AskForTls>> = {
  smtp: overSmtp,
  imap: overImap,
  pop3: overPop3,
  ftp: overFtp,
  postgresql: overPostgresql,
  mysql: overMysql,
  ldap: overLdap,
};

/**
 * What came in the clear behind the go-ahead could have been put there by anyone on the way, for a client to take as
 * said under TLS (CVE-2011-0411, CVE-2021-23222).
 */
export function injection({ text }: Conversation): Failure | null {
  if (text === '') return null;
  return new Failure('starttls.injected', `got ${quote(text)} in the clear, behind the word that TLS begins`);
}

/** Null once the handshake may begin. */
export async function askForTls(conversation: Conversation, protocol: StartTlsProtocol): Promise<Failure | null> {
  return (await dialects[protocol](conversation)) ?? injection(conversation);
}
