/** Asks an RDAP server about one domain. What goes wrong with that says nothing of the domain: the prober abstains. */
import { httpProbeSchema, type DomainProbe } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { noCredentials } from '../auth/fixed-credentials.ts';
import { decode } from '../exchange/decode.ts';
import { headerOf } from '../exchange/redirects.ts';
import type { Answer } from '../exchange/response-reader.ts';
import { visit } from '../exchange/visit.ts';
import type { ProbeContext } from '../probes/probe-context.ts';
import { readRegistration, type Registration } from './registration.ts';
import type { RegistryServer } from './registry-list.ts';

/** Registries redirect to registrars, and over from old addresses; in circles no farther than this. */
const redirectsMax = 5;
const accepted = 'application/rdap+json, application/json;q=0.9';

const ianaList = 'IANA’s list of registries';

interface Asked {
  readonly url: URL;
  readonly context: ProbeContext;
}

export interface RegistryAnswer {
  readonly outcome: Registration | Failure;
  /** What the server said, for a failure's excerpt. */
  readonly text: string;
}

function unasked(message: string): Failure {
  return new Failure('prober.registry', message);
}

/** What failed on the way to a registry is no failure of the domain. */
function ofTheWay(failure: Failure, whom: string): Failure {
  return failure.reason.startsWith('prober.') ? failure : unasked(`${whom} could not be asked: ${failure.message}`);
}

async function serverFor(attempt: Attempt, domain: DomainProbe, context: ProbeContext): Promise<string | Failure> {
  const { name, rdapServer } = domain;
  if (rdapServer !== null) return rdapServer;
  const found = await attempt.wait<RegistryServer>('dns', (done) => {
    void context.registries.list.serverOf(name).then(done);
    return () => undefined;
  });
  if (found instanceof Failure) return ofTheWay(found, ianaList);
  if (found.kind === 'server') return found.baseUrl;
  const remedy = 'name the server in rdapServer';
  if (found.kind === 'unknown') return unasked(`${ianaList} could not be fetched: ${found.why}; or ${remedy}`);
  const end = name.slice(name.lastIndexOf('.'));
  return new Failure('prober.unsupported', `no RDAP server is listed for names in ${end}; if there is one, ${remedy}`);
}

/** Where to ask about the domain, or why nobody can be asked. */
export async function registryUrl(
  attempt: Attempt,
  domain: DomainProbe,
  context: ProbeContext,
): Promise<URL | Failure> {
  const server = await serverFor(attempt, domain, context);
  if (server instanceof Failure) return server;
  const url = URL.parse(`domain/${domain.name.toLowerCase()}`, server.endsWith('/') ? server : `${server}/`);
  return url ?? unasked(`the listed RDAP server ${JSON.stringify(server.slice(0, 200))} is no URL`);
}

function judgeStatus(answer: Answer, { name }: DomainProbe, { url, context }: Asked): Failure | null {
  const { statusCode } = answer;
  if (statusCode === 200) return null;
  if (statusCode === 404) return new Failure('domain.not-found', `the registry at ${url.host} knows no domain ${name}`);
  const answered = `the registry at ${url.host} answered with HTTP status ${statusCode}`;
  if (statusCode === 429 || statusCode === 503) {
    const now = context.startedAt;
    context.registries.memory.pause(url.origin, headerOf(answer, 'retry-after'), now);
    const until = new Date(context.registries.memory.pausedUntil(url.origin, now) ?? now).toISOString();
    return unasked(`${answered}, and is not asked again before ${until}`);
  }
  return unasked(answered);
}

export async function askRegistry(
  attempt: Attempt,
  domain: DomainProbe,
  { url, context }: Asked,
): Promise<RegistryAnswer> {
  const whom = `the registry at ${url.host}`;
  const http = httpProbeSchema.parse({ url: url.href, headers: { accept: accepted }, maxRedirects: redirectsMax });
  const who = { credentials: noCredentials, identities: context.contexts.nobody };
  const landing = await visit(attempt, { http, context, ...who }, null);
  if (landing instanceof Failure) return { outcome: ofTheWay(landing, whom), text: '' };
  const { answer } = landing;
  const content = await decode(attempt, answer);
  if (content instanceof Failure) return { outcome: ofTheWay(content, whom), text: '' };
  const text = content.bytes.toString('utf8');
  const failure = judgeStatus(answer, domain, { url, context });
  if (failure !== null) return { outcome: failure, text };
  if (content.truncated) return { outcome: unasked(`${whom} sent an answer that is too large to be read`), text };
  const registration = readRegistration(text, domain.name);
  return { outcome: registration ?? unasked(`${whom} sent what is no RDAP answer about ${domain.name}`), text };
}
