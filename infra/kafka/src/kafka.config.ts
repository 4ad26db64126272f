/** What the environment says about Kafka, and how one run's global set-up tells its suites which broker they share. */

const sharedBrokersVariable = 'QUORATE_SPEC_KAFKA_BROKERS';
const missingVariable = 'QUORATE_SPEC_KAFKA_MISSING';

/** `group.min.session.timeout.ms`: of our own brokers, and Kafka's default. */
export const ownSilenceMsMin = 1_000;
const kafkaSilenceMsMin = 6_000;

export type SharedKafka =
  | {
      readonly available: true;
      readonly brokers: readonly string[];
      /** Whether the user named them; else they were started for this run. */
      readonly given: boolean;
      /** The shortest silence after which a group gives up on a member. */
      readonly silenceMsMin: number;
    }
  | {
      readonly available: false;
      readonly reason: string;
      readonly brokers: readonly [];
      readonly given: false;
      readonly silenceMsMin: 0;
    };

/** The cluster that the user gave instead of ours, or null. */
export function givenBrokers(): readonly string[] | null {
  const given = process.env['KAFKA_BROKERS'];
  return given === undefined || given === '' ? null : given.split(',');
}

export function runsInCi(): boolean {
  return process.env['CI'] === 'true';
}

/** Tells every suite of this run what `sharedKafka` answers. */
export function share(
  kafka: { available: true; brokers: readonly string[] } | { available: false; reason: string },
): void {
  if (kafka.available) process.env[sharedBrokersVariable] = kafka.brokers.join(',');
  else process.env[missingVariable] = kafka.reason;
}

/** What a suite needs to know: `const suite = sharedKafka().available ? describe : describe.skip`. */
export function sharedKafka(): SharedKafka {
  const brokers = process.env[sharedBrokersVariable];
  if (brokers !== undefined) {
    const given = givenBrokers() !== null;
    return {
      available: true,
      brokers: brokers.split(','),
      given,
      silenceMsMin: given ? kafkaSilenceMsMin : ownSilenceMsMin,
    };
  }
  const reason = process.env[missingVariable] ?? 'the global set-up did not run';
  return { available: false, reason, brokers: [], given: false, silenceMsMin: 0 };
}
