/** The domain probe: asks the registry in what state a registration is, and when it expires. */
import type { DomainProbe, Evidence } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { askRegistry, registryUrl } from '../rdap/ask-registry.ts';
import { factsOf, judgeRegistration, type Registration } from '../rdap/registration.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

interface Seen {
  /** What the registry said, for a failure's excerpt. */
  readonly text?: string;
  readonly registration?: Registration | null;
}

class Inquiry {
  readonly #attempt: Attempt;
  readonly #domain: DomainProbe;
  readonly #context: ProbeContext;

  constructor(attempt: Attempt, domain: DomainProbe, context: ProbeContext) {
    this.#attempt = attempt;
    this.#domain = domain;
    this.#context = context;
  }

  async run(): Promise<Evidence> {
    const url = await registryUrl(this.#attempt, this.#domain, this.#context);
    if (url instanceof Failure) return this.#tell(url);
    return this.#recall(url) ?? (await this.#ask(url));
  }

  /** Only what is in order is taken from memory: what is down was seen just now. */
  #recall(url: URL): Evidence | null {
    const known = this.#context.registries.memory.recall(url.href, this.#context.startedAt);
    if (known === null || this.#judge(known) !== null) return null;
    this.#attempt.connection = 'reused';
    return this.#tell(null, { registration: known });
  }

  async #ask(url: URL): Promise<Evidence> {
    const { registries, startedAt } = this.#context;
    const until = registries.memory.pausedUntil(url.origin, startedAt);
    if (until !== null) {
      const instant = new Date(until).toISOString();
      const message = `the registry at ${url.host} asked for a pause until ${instant}`;
      return this.#tell(new Failure('prober.registry', message));
    }
    const { outcome, text } = await askRegistry(this.#attempt, this.#domain, { url, context: this.#context });
    if (outcome instanceof Failure) return this.#tell(outcome, { text });
    const failure = this.#judge(outcome);
    if (failure === null) registries.memory.remember(url.href, outcome, startedAt);
    return this.#tell(failure, { text, registration: outcome });
  }

  #judge(registration: Registration): Failure | null {
    return judgeRegistration(registration, this.#domain, this.#context.startedAt);
  }

  #tell(failure: Failure | null, { text = '', registration = null }: Seen = {}): Evidence {
    this.#attempt.finish();
    if (registration !== null) {
      this.#attempt.facts.domain = factsOf(registration, this.#domain, this.#context.startedAt);
    }
    return evidenceOf(this.#attempt, { failure, answer: text, secrets: [] });
  }
}

export const probeDomain: PerformProbe<DomainProbe> = async (domain, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  try {
    return await new Inquiry(attempt, domain, context).run();
  } finally {
    attempt.finish();
  }
};
