/** A stand-in for Redis that answers commands, one line each. */
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';

export interface RedisStandInSettings {
  readonly password?: string;
  readonly issued?: Issued;
  /** What is answered to a command, without the line break. */
  readonly answers?: Readonly<Record<string, string>>;
}

async function takeWords(peer: Peer): Promise<string[]> {
  const count = Number((await peer.takeUntil('\r\n')).toString().slice(1));
  const words: string[] = [];
  while (words.length < count) {
    const length = Number((await peer.takeUntil('\r\n')).toString().slice(1));
    words.push((await peer.take(length + 2)).subarray(0, length).toString());
  }
  return words;
}

export function redisStandIn({ password, issued, answers = {} }: RedisStandInSettings = {}): PeerScript {
  return async (peer) => {
    if (issued !== undefined) await peer.startTls(issued);
    let isKnown = password === undefined;
    while (true) {
      const words = await takeWords(peer);
      const [name = ''] = words;
      isKnown ||= name === 'AUTH' && words.at(-1) === password;
      const refused =
        name === 'AUTH' ? '-WRONGPASS invalid username-password pair' : '-NOAUTH Authentication required.';
      const usual = name === 'PING' ? '+PONG' : '+OK';
      peer.write(`${answers[name] ?? (isKnown ? usual : refused)}\r\n`);
    }
  };
}
