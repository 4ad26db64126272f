/** Logs in to a mail server (RFC 4954) by the first mechanism that it and we know. */
import { createHmac } from 'node:crypto';
import type { SmtpProbe } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import { describeReply, refusal, replyCodes, type Extensions, type SmtpTalk } from './smtp-talk.ts';
import type { Reply } from '../starttls/reply.ts';

type Auth = Exclude<SmtpProbe['auth'], { type: 'none' }>;
type Mechanism = Exclude<Auth['type'], 'auto'>;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const plainOf = ({ username, password }: Auth): string => base64(`\0${username}\0${password}`);

/** The password, and the ways in which it travels: a server may echo any of them. */
export function secretsOfLogin(auth: SmtpProbe['auth']): string[] {
  return auth.type === 'none' ? [] : [auth.password, base64(auth.password), plainOf(auth)];
}

interface Step {
  readonly say: string;
  /** What stands for it in words for people. */
  readonly shown: string;
}

/** What is said to begin, and then to each challenge in turn. */
interface Exchange {
  readonly begin: Step;
  readonly answers: readonly ((challenge: string) => Step)[];
}

const exchanges: Readonly<Record<Mechanism, (auth: Auth) => Exchange>> = {
  plain: (auth) => ({ begin: { say: `AUTH PLAIN ${plainOf(auth)}`, shown: 'AUTH PLAIN' }, answers: [] }),
  login: ({ username, password }) => ({
    begin: { say: 'AUTH LOGIN', shown: 'AUTH LOGIN' },
    answers: [
      () => ({ say: base64(username), shown: 'the user name' }),
      () => ({ say: base64(password), shown: 'the password' }),
    ],
  }),
  'cram-md5': ({ username, password }) => ({
    begin: { say: 'AUTH CRAM-MD5', shown: 'AUTH CRAM-MD5' },
    answers: [
      (challenge) => {
        const digest = createHmac('md5', password).update(Buffer.from(challenge, 'base64')).digest('hex');
        return { say: base64(`${username} ${digest}`), shown: 'the answer to its challenge' };
      },
    ],
  }),
};
const mechanisms = Object.keys(exchanges) as Mechanism[];

/** `AUTH PLAIN LOGIN`, or `AUTH=PLAIN LOGIN` of old servers. */
function offeredIn(extensions: Extensions): string[] {
  return extensions.flatMap((line) => (/^AUTH[ =]/.test(line) ? line.slice('AUTH '.length).split(/\s+/) : []));
}

function choose({ type }: Auth, extensions: Extensions): Mechanism | Failure {
  const offered = offeredIn(extensions);
  const wanted = type === 'auto' ? mechanisms : [type];
  const chosen = wanted.find((mechanism) => offered.includes(mechanism.toUpperCase()));
  if (chosen !== undefined) return chosen;
  const names = wanted.map((mechanism) => mechanism.toUpperCase()).join(', ');
  const others = offered.length === 0 ? 'no way to log in' : offered.join(', ').slice(0, 100);
  return new Failure('auth.refused', `the server offers ${others}, expected one of ${names}`);
}

function refused(reply: Reply, shown: string): Failure {
  if (reply.code < 500) return refusal(reply, shown);
  return new Failure('auth.refused', `the server answered ${shown} with ${describeReply(reply)}`);
}

/** Null once logged in. */
export async function logIn(talk: SmtpTalk, auth: Auth, extensions: Extensions): Promise<Failure | null> {
  const mechanism = choose(auth, extensions);
  if (mechanism instanceof Failure) return mechanism;
  const { begin, answers } = exchanges[mechanism](auth);
  let { shown } = begin;
  let reply = await talk.say(begin.say, shown);
  for (const answer of answers) {
    if (reply instanceof Failure) return reply;
    if (reply.code !== replyCodes.goOn) return refused(reply, shown);
    const step = answer(reply.lines[0] ?? '');
    ({ shown } = step);
    reply = await talk.say(step.say, shown);
  }
  if (reply instanceof Failure) return reply;
  return reply.code === replyCodes.authenticated ? null : refused(reply, shown);
}
