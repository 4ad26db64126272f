/** What an attempt saw, as a vote carries it. */
import { excerptCharactersMax, type Evidence } from '@quorate/contracts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './failure.ts';
import { redact } from './redaction.ts';

const messageCharactersMax = 1_024;

export interface Finding {
  /** Null when the target is up. */
  readonly failure: Failure | null;
  /** What the target answered, for a failure's excerpt. */
  readonly answer: string;
  /** What must never be repeated, though the target may echo it. */
  readonly secrets: readonly string[];
}

// eslint-disable-next-line no-control-regex -- control characters are what this takes out
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

const printable = (text: string): string => text.replace(controlCharacters, '');

/** What no log, database or terminal should be given goes first: it must not hide a secret's characters. */
function legible(text: string, secrets: readonly string[], charactersMax: number): string {
  const redacted = redact(printable(text), [...secrets, ...secrets.map(printable)]);
  const cut = redacted.slice(0, charactersMax).replace(/[\ud800-\udbff]$/, '');
  return cut.toWellFormed();
}

/** How much of an answer is searched for secrets: a secret across the excerpt's end must go too. */
const searchedCharactersMax = 4 * excerptCharactersMax + 8_192;

function excerptOf({ failure, answer, secrets }: Finding): string | null {
  if (failure === null || answer === '') return null;
  return legible(answer.slice(0, searchedCharactersMax), secrets, excerptCharactersMax);
}

export function evidenceOf(attempt: Attempt, finding: Finding): Evidence {
  const { failure, secrets } = finding;
  return {
    outcome: failure?.outcome ?? 'up',
    reason: failure?.reason ?? null,
    message: failure === null ? null : legible(failure.message, secrets, messageCharactersMax),
    startedAt: attempt.startedAt,
    phases: attempt.phases,
    statusCode: attempt.statusCode,
    address: attempt.address,
    connection: attempt.connection,
    certificate: attempt.certificate,
    excerpt: excerptOf(finding),
    redirects: attempt.redirects,
    ...attempt.facts,
  };
}
