/** The order in which Jest begins specs: the longest first, so that none is left to run alone at the end. */

/** Those that take more than 20 seconds, the longest first. */
const long = [
  'e2e/kafka.e2e',
  'kafka/faults.integration',
  'e2e/single-process-kills.e2e',
  'kafka/kafka-log.integration',
  'e2e/bad-starts.e2e',
  'e2e/database-outage.e2e',
  'demo.e2e',
  'e2e/single-process.e2e',
  'embedded/conformance.integration',
];

interface Spec {
  readonly path: string;
}

function rank({ path }: Spec): number {
  const at = long.findIndex((part) => path.includes(`/${part}.spec.ts`));
  return at === -1 ? long.length : at;
}

// eslint-disable-next-line no-restricted-syntax -- Jest takes a sequencer by default export only.
export default class LongestFirst {
  sort(specs: readonly Spec[]): readonly Spec[] {
    return specs.toSorted((a, b) => rank(a) - rank(b));
  }

  /** Jest would have it keep how long each took: the order is the same everywhere instead. */
  cacheResults(): void {
    return;
  }
}
