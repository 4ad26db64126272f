/** Puts findings right, those of one type after those of another. */
import type { DurableLog } from '@quorate/bus';
import type { TopicName } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';
import type { OutboxRelay } from '../outbox/outbox-relay.ts';
import type { Finding, Repair } from './finding.ts';
import { readTexts } from './log-contents.ts';
import { sayAgain } from './repair-configuration.ts';
import { takeRecord } from './take-record.ts';
import { closeIncident, endDelivery, openIncident, setStatus, takeDelivery } from './repair-read-model.ts';

/** The rest is left to the passes after this one. */
const repairsMax = 100_000;
/** So many records are held at one time. */
const textsTogetherMax = 1_000;

export interface RepairTools {
  readonly database: DataSource;
  readonly log: DurableLog;
  readonly relay: OutboxRelay;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

type Repairable<Type extends Repair['type'] = Repair['type']> = Finding & {
  readonly repair: Extract<Repair, { type: Type }>;
};

/** Which of `findings` were put right. */
export async function repairAll(tools: RepairTools, findings: readonly Finding[]): Promise<ReadonlySet<Finding>> {
  const wanted = findings.filter(({ repair }) => repair !== null).slice(0, repairsMax);
  const of = <Type extends Repair['type']>(type: Type) =>
    wanted.filter((finding): finding is Repairable<Type> => finding.repair?.type === type);
  const repaired = [
    ...(await takeRecords(tools, of('take-record'))),
    ...(await restate(tools, of('say-again'))),
    ...(await each(tools, of('close-incident'), ({ repair }) => closeIncident(tools.database, repair))),
    ...(await each(tools, of('set-status'), ({ repair }) => setStatus(tools.database, repair))),
    ...(await openIncidents(tools, of('open-incident'))),
    ...(await takeDeliveries(tools, of('take-delivery'))),
    ...(await each(tools, of('end-delivery'), ({ repair }) => endDelivery(tools.database, repair, tools.log.now()))),
  ];
  return new Set(repaired);
}

async function restate(tools: RepairTools, findings: readonly Repairable<'say-again'>[]): Promise<readonly Finding[]> {
  const count = await sayAgain(
    tools,
    findings.map(({ repair }) => repair),
  );
  return findings.slice(0, count);
}

/** One that fails leaves the others their turn. */
async function each<One extends Finding>(
  { logger, signal }: RepairTools,
  findings: readonly One[],
  repair: (finding: One) => Promise<boolean>,
): Promise<Finding[]> {
  const repaired: Finding[] = [];
  for (const finding of findings) {
    if (signal.aborted) break;
    try {
      if (await repair(finding)) repaired.push(finding);
    } catch (error) {
      const { kind, subject } = finding;
      logger.warn('A finding of the audit could not be put right', { kind, subject, error });
    }
  }
  return repaired;
}

function openIncidents(tools: RepairTools, findings: readonly Repairable<'open-incident'>[]): Promise<Finding[]> {
  const keyOf = ({ repair }: Repairable<'open-incident'>) => repair.monitorId;
  return eachByText(tools, { topic: 'monitor-state', findings, keyOf }, ({ repair }, text) =>
    openIncident(tools.database, repair, { text, now: tools.log.now() }),
  );
}

function takeDeliveries(tools: RepairTools, findings: readonly Repairable<'take-delivery'>[]): Promise<Finding[]> {
  const keyOf = ({ repair }: Repairable<'take-delivery'>) => repair.deliveryId;
  return eachByText(tools, { topic: 'deliveries', findings, keyOf }, (_finding, text) =>
    takeDelivery(tools.database, text),
  );
}

async function takeRecords(tools: RepairTools, findings: readonly Repairable<'take-record'>[]): Promise<Finding[]> {
  const keyOf = ({ repair }: Repairable<'take-record'>) => repair.entity.key;
  const taken: Finding[] = [];
  for (const topic of ['monitors', 'directory'] as const) {
    const of = findings.filter(({ repair }) => repair.entity.topic === topic);
    const repaired = await eachByText(tools, { topic, findings: of, keyOf }, ({ repair }, text) =>
      tools.database.transaction((manager) => takeRecord(manager, repair.entity, { text, now: tools.log.now() })),
    );
    taken.push(...repaired);
  }
  return taken;
}

interface ByText<One> {
  readonly topic: TopicName;
  readonly findings: readonly One[];
  readonly keyOf: (finding: One) => string;
}

/** Repairs by what the log has under a key now; of what is gone nothing. */
async function eachByText<One extends Finding>(
  tools: RepairTools,
  { topic, findings, keyOf }: ByText<One>,
  repair: (finding: One, text: string) => Promise<boolean>,
): Promise<Finding[]> {
  const repaired: Finding[] = [];
  for (let from = 0; from < findings.length; from += textsTogetherMax) {
    const together = findings.slice(from, from + textsTogetherMax);
    const texts = await readTexts(tools, topic, new Set(together.map(keyOf)));
    const known = together.filter((finding) => texts.has(keyOf(finding)));
    repaired.push(...(await each(tools, known, (finding) => repair(finding, texts.get(keyOf(finding)) ?? ''))));
  }
  return repaired;
}
