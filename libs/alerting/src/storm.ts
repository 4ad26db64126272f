/**
 * One storm on one channel, as its deliveries tell it: the messages of its roll-up, and the incidents that are told in
 * them. It holds nothing else, so a restored storm is the storm that was.
 */
import type { Instant } from '@quorate/contracts';
import { isResolved, triggerOf, type IncidentLine } from './incident-line.ts';
import { isLostMessage } from './roll-up.ts';

interface NewestIncident {
  readonly incidentId: string;
  readonly openedAt: Instant;
}

export class Storm {
  readonly stormId: string;
  #messages: IncidentLine = [];
  readonly #members = new Map<string, IncidentLine>();
  readonly #unresolved = new Set<string>();
  /** Members by the message that tells of them first. */
  readonly #byMessage = new Map<number, Set<string>>();
  readonly #newestOf = new Map<string, NewestIncident>();
  /** How much is told first in each message. */
  readonly #newsIn = new Map<number, number>();

  constructor(stormId: string) {
    this.stormId = stormId;
  }

  /** When its first incident was rolled up; its name says so. */
  get openedAt(): Instant {
    return Number(this.stormId.slice(this.stormId.lastIndexOf(':') + 1));
  }

  /** The messages of its roll-up, oldest first; superseded ones are forgotten in time. */
  get messages(): IncidentLine {
    return this.#messages;
  }

  /** By incident, what was to be said of it. */
  get members(): ReadonlyMap<string, IncidentLine> {
    return this.#members;
  }

  get unresolvedCount(): number {
    return this.#unresolved.size;
  }

  /** The number of the newest message; -1 before the first. */
  get lastSequence(): number {
    return this.#messages.at(-1)?.alert.sequence ?? -1;
  }

  /** The number of the message that tells what happens now. */
  get nextSequence(): number {
    return this.isOver ? this.lastSequence : this.lastSequence + 1;
  }

  /** Whether something happened that no message tells. */
  get hasNews(): boolean {
    return (this.#newsIn.get(this.nextSequence) ?? 0) > 0;
  }

  /** Whether its roll-up was resolved; what opens from now on belongs to another storm. */
  get isOver(): boolean {
    return isResolved(this.#messages);
  }

  /** Whether its trigger is dead and nobody else took it: its members are released, and nobody joins it any more. */
  get isDissolved(): boolean {
    const trigger = triggerOf(this.#messages);
    return trigger !== undefined && isLostMessage(trigger);
  }

  setMessages(messages: IncidentLine): void {
    this.#messages = messages;
  }

  setMember(incidentId: string, line: IncidentLine): void {
    this.deleteMember(incidentId);
    const trigger = triggerOf(line);
    if (trigger === undefined || trigger.rolledUpIn === null) return;
    this.#members.set(incidentId, line);
    if (!isResolved(line)) this.#unresolved.add(incidentId);
    const { sequence } = trigger.rolledUpIn;
    this.#byMessage.set(sequence, (this.#byMessage.get(sequence) ?? new Set()).add(incidentId));
    this.#countNews(line, 1);
    const { monitorId, openedAt } = trigger.alert;
    const newest = this.#newestOf.get(monitorId);
    if (newest === undefined || newest.openedAt <= openedAt) this.#newestOf.set(monitorId, { incidentId, openedAt });
  }

  deleteMember(incidentId: string): void {
    const line = this.#members.get(incidentId) ?? [];
    const trigger = triggerOf(line);
    this.#countNews(line, -1);
    this.#members.delete(incidentId);
    this.#unresolved.delete(incidentId);
    const sequence = trigger?.rolledUpIn?.sequence;
    if (sequence !== undefined) this.#byMessage.get(sequence)?.delete(incidentId);
  }

  /** Whether the monitor of an incident has had another one here since, and all was told up to this message. */
  isHistory(incidentId: string, toldSequence: number): boolean {
    const line = this.#members.get(incidentId) ?? [];
    const trigger = triggerOf(line);
    const newest = trigger && this.#newestOf.get(trigger.alert.monitorId);
    return (
      newest !== undefined &&
      newest.incidentId !== incidentId &&
      line.every(({ rolledUpIn }) => (rolledUpIn?.sequence ?? 0) <= toldSequence)
    );
  }

  #countNews(line: IncidentLine, change: 1 | -1): void {
    for (const { rolledUpIn } of line) {
      if (rolledUpIn === null) continue;
      this.#newsIn.set(rolledUpIn.sequence, (this.#newsIn.get(rolledUpIn.sequence) ?? 0) + change);
    }
  }

  /** The members whom a lost message was to tell of first. */
  lost(): IncidentLine[] {
    const incidentIds = this.isDissolved
      ? this.#members.keys()
      : this.#messages.filter(isLostMessage).flatMap(({ alert }) => [...(this.#byMessage.get(alert.sequence) ?? [])]);
    return [...incidentIds].map((incidentId) => this.#members.get(incidentId) ?? []);
  }
}
