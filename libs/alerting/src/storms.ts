/** The storms of one channel, kept in step with its deliveries. At most one of each topic takes newcomers. */
import { stormIdOf, topicOfStorm, type Instant, type RolledUpIn, type StormTopic } from '@quorate/contracts';
import { endedAt, triggerOf, type IncidentLine } from './incident-line.ts';
import { Storm } from './storm.ts';

export class Storms {
  readonly #channelId: string;
  readonly #storms = new Map<string, Storm>();
  /** The storm of each incident that is told in one. */
  readonly #stormOf = new Map<string, Storm>();

  constructor(channelId: string) {
    this.#channelId = channelId;
  }

  /** The storm that takes newcomers and is told of further. */
  current(topic: StormTopic): Storm | undefined {
    return this.#about(topic).find((storm) => !storm.isOver && !storm.isDissolved);
  }

  /** The storm whose roll-up's messages are the deliveries under this ID. */
  withId(stormId: string): Storm | undefined {
    return this.#storms.get(stormId);
  }

  /** The storm that tells of an incident. */
  of(incidentId: string): Storm | undefined {
    return this.#stormOf.get(incidentId);
  }

  /** Takes in an incident's deliveries as they stand now, or a storm's own. */
  note(incidentId: string, line: IncidentLine): void {
    const isOwn = line.some(({ storm }) => storm !== null && storm.channelId === this.#channelId);
    if (isOwn || this.#storms.has(incidentId)) this.#storm(incidentId).setMessages(line);
    else this.#noteMember(incidentId, line);
    this.#forgetEmpty(incidentId);
  }

  /** Where something that happens to an incident of this storm is told. */
  placeIn(stormId: string): RolledUpIn {
    return { stormId, sequence: this.#storm(stormId).nextSequence };
  }

  /** Where an incident that opens now is told. */
  placeForNewcomer(topic: StormTopic, now: Instant): RolledUpIn {
    const current = this.current(topic);
    if (current !== undefined) return this.placeIn(current.stormId);
    let openedAt = now;
    while (this.#storms.has(stormIdOf(this.#channelId, openedAt, topic))) openedAt++;
    return { stormId: stormIdOf(this.#channelId, openedAt, topic), sequence: 0 };
  }

  /** Whether a storm was dissolved less than `restMs` ago: what its channel refused is not tried again at once. */
  isResting(topic: StormTopic, { now, restMs }: { now: Instant; restMs: number }): boolean {
    return this.#about(topic).some(({ isDissolved, messages }) => {
      const trigger = triggerOf(messages);
      return isDissolved && trigger !== undefined && now < endedAt(trigger) + restMs;
    });
  }

  /** Members of lost messages, whole incidents, at most about `countMax` deliveries of them. */
  lost(countMax: number): IncidentLine[] {
    const lost = [...this.#storms.values()].flatMap((storm) => storm.lost());
    let count = 0;
    return lost.filter((line) => {
      const isTaken = count < countMax;
      if (isTaken) count += line.length;
      return isTaken;
    });
  }

  #noteMember(incidentId: string, line: IncidentLine): void {
    const trigger = triggerOf(line);
    const before = this.#stormOf.get(incidentId);
    before?.deleteMember(incidentId);
    this.#stormOf.delete(incidentId);
    if (trigger?.state === 'rolled-up' && trigger.rolledUpIn !== null) {
      const storm = this.#storm(trigger.rolledUpIn.stormId);
      storm.setMember(incidentId, line);
      this.#stormOf.set(incidentId, storm);
    }
    if (before !== undefined) this.#forgetEmpty(before.stormId);
  }

  #about(topic: StormTopic): Storm[] {
    return [...this.#storms.values()].filter(({ stormId }) => topicOfStorm(stormId) === topic);
  }

  #storm(stormId: string): Storm {
    const storm = this.#storms.get(stormId) ?? new Storm(stormId);
    this.#storms.set(stormId, storm);
    return storm;
  }

  #forgetEmpty(stormId: string): void {
    const storm = this.#storms.get(stormId);
    if (storm !== undefined && storm.messages.length === 0 && storm.members.size === 0) this.#storms.delete(stormId);
  }
}
