/** What only people can decide: whether the log counts or the database. */
import type { Finding, FindingKind } from './finding.ts';

export const choiceKinds = ['row-outdated', 'row-missing'] as const satisfies readonly FindingKind[];
export const keepSides = ['log', 'database'] as const;

export type Keep = (typeof keepSides)[number];
export type Chosen = Readonly<Partial<Record<(typeof choiceKinds)[number], Keep>>>;

/** The finding with what is to be done about it, where people have said so. */
export function asChosen(finding: Finding, chosen: Chosen): Finding {
  const { kind, repair } = finding;
  const keep = isChoice(kind) ? chosen[kind] : undefined;
  if (repair?.type !== 'choose' || keep === undefined) return finding;
  const { entity, toldVersion } = repair;
  if (keep === 'log') return { ...finding, repair: { type: 'take-record', entity } };
  return { ...finding, repair: { type: 'say-again', entity, versionAbove: toldVersion } };
}

/** What is left to be done after a pass: what it has seen, but not yet for the second time. */
export function stillChosen(chosen: Chosen, seen: readonly Finding[], confirmed: readonly Finding[]): Chosen {
  const isOf = (kind: FindingKind) => (finding: Finding) => finding.kind === kind;
  const left = choiceKinds.filter((kind) => seen.some(isOf(kind)) && !confirmed.some(isOf(kind)));
  return Object.fromEntries(left.flatMap((kind) => (chosen[kind] === undefined ? [] : [[kind, chosen[kind]]])));
}

function isChoice(kind: string): kind is (typeof choiceKinds)[number] {
  return choiceKinds.some((choice) => choice === kind);
}
