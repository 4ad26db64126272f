/**
 * The rule that keeps what is under way from being a finding: only what was seen in the pass before, by the same
 * evidence, counts. What a pass could not look at stays as it was.
 */
import { findingKinds, type Area, type Finding } from './finding.ts';

/** Beyond it further ones are seen for the first time again and again, until those before them are put right. */
const seenMax = 200_000;
/** So many passes after a repair the same thing must not be found again; else the repair does not last. */
const attemptedPassesKept = 12;
const attemptedKeptMax = 10_000;

export interface Confirmed {
  readonly findings: readonly Finding[];
  /** How many were seen for the first time. */
  readonly newCount: number;
}

export class TwoPasses {
  #pass = 0;
  readonly #seen = new Map<Area, ReadonlySet<string>>();
  /** In which pass a repair was tried. */
  readonly #attempted = new Map<string, number>();

  /** Which of `found` count. `areas` are those that this pass has looked at. */
  confirm(found: readonly Finding[], areas: readonly Area[]): Confirmed {
    this.#pass += 1;
    this.#forgetAttempts();
    const findings = found.filter((finding) => this.#seen.get(areaOf(finding))?.has(nameOf(finding)) === true);
    for (const area of areas) {
      const seen = found.filter((finding) => areaOf(finding) === area).slice(0, seenMax);
      this.#seen.set(area, new Set(seen.map(nameOf)));
    }
    return { findings, newCount: found.length - findings.length };
  }

  /** Its repair was tried in this pass. */
  attempted(finding: Finding): void {
    if (this.#attempted.size < attemptedKeptMax) this.#attempted.set(subjectOf(finding), this.#pass);
  }

  /** Whether its repair was tried lately, in an earlier pass: then it is more than a mishap. */
  wasAttempted(finding: Finding): boolean {
    const pass = this.#attempted.get(subjectOf(finding));
    return pass !== undefined && pass < this.#pass;
  }

  #forgetAttempts(): void {
    for (const [subject, pass] of this.#attempted) {
      if (pass < this.#pass - attemptedPassesKept) this.#attempted.delete(subject);
    }
  }
}

function areaOf({ kind }: Finding): Area {
  return findingKinds[kind].area;
}

function subjectOf({ kind, subject }: Finding): string {
  return `${kind} ${subject}`;
}

function nameOf(finding: Finding): string {
  return `${subjectOf(finding)} ${finding.evidence}`;
}
