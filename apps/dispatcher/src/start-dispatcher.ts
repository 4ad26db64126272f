/** Starts the dispatcher: it plans a delivery for each channel of an alert, and sends it until it arrives. */
import { setTimeout as wait } from 'node:timers/promises';
import { queueTimingsDefault, retryPolicyDefault, type QueueTimings, type RetryPolicy } from '@quorate/alerting';
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import { createGuardedAgent, type AddressGuard } from '@quorate/outbound';
import { version, type RunningService, type SecretBox } from '@quorate/runtime';
import { metrics, type Logger } from '@quorate/telemetry';
import { breakerTimingsDefault, ChannelBreaker, type BreakerTimings } from './channel-breaker.ts';
import { ChannelLane } from './channel-lane.ts';
import { ChannelDirectory } from './channel-directory.ts';
import { DispatcherModule } from './dispatcher.module.ts';
import { Sender } from './sender.ts';
import { SendSlots } from './send-slots.ts';
import { SendingPartition } from './sending-partition.ts';
import type { SendingTools } from './sending.loop.ts';

/** Deliveries on their way at once in this process. */
const sendsMax = 256;
/** How long the end waits for what is on its way: each try that is not recorded would be made again. */
const drainMsMax = 4_000;
const drainLookMs = 20;

export interface DispatcherTimings {
  readonly gatherMs: number;
  /**
   * From a try's first byte to the last byte of its answer. It ends before a successor can have begun: else a trigger
   * that leaves late could come after the resolve that the successor sent, and open for good what is over.
   */
  readonly deadlineMs: number;
  readonly unknownChannelWaitMs: number;
  readonly retry: RetryPolicy;
  readonly queue: QueueTimings;
  readonly breaker: BreakerTimings;
}

export const timingsDefault: DispatcherTimings = {
  gatherMs: 100,
  deadlineMs: 8_000,
  unknownChannelWaitMs: 60_000,
  retry: retryPolicyDefault,
  queue: queueTimingsDefault,
  breaker: breakerTimingsDefault,
};

export interface DispatcherDependencies {
  readonly log: DurableLog;
  readonly logger: Logger;
  /** Opens the secrets of channels, at the moment of sending only. */
  readonly secretBox: SecretBox;
  /** Which addresses may be dialled. */
  readonly guard: AddressGuard;
  /** Where people reach this installation; null where it isn't known. */
  readonly publicUrl: string | null;
  readonly timings?: Partial<DispatcherTimings>;
}

type NewLane = (channelId: string) => ChannelLane;

function laneMaker(timings: DispatcherTimings, channels: ChannelDirectory, logger: Logger): NewLane {
  return (channelId) => {
    const breaker = new ChannelBreaker(timings.breaker, (state) => {
      metrics.breakerChanges.add(1, { type: channels.get(channelId)?.type ?? 'unknown', state });
      logger.warn('The circuit breaker of a channel changed', { channelId, state });
    });
    return new ChannelLane(channelId, breaker, timings.queue);
  };
}

function strategyOf(log: DurableLog, gatherMs: number, createState: (wake: () => void) => SendingPartition) {
  return new PartitionTaskStrategy<SendingPartition>({
    log,
    service: 'dispatcher',
    group: 'dispatcher',
    tables: ['deliveries'],
    streams: ['alerts', 'commands'],
    stateTopic: null,
    guarantee: 'exactly-once',
    gatherMs,
    createState: (_partition, wake) => createState(wake),
    onEnd: (state) => state.end(),
  });
}

/** Waits until every try on its way has ended and is in the log; a bounded time. */
async function drain(slots: SendSlots): Promise<void> {
  slots.drain();
  for (let waitedMs = 0; slots.usedCount > 0 && waitedMs < drainMsMax; waitedMs += drainLookMs) await wait(drainLookMs);
}

/** Resolves once its group is joined. */
export async function startDispatcher(dependencies: DispatcherDependencies): Promise<RunningService> {
  const { log, logger, secretBox, guard, publicUrl } = dependencies;
  const timings: DispatcherTimings = { ...timingsDefault, ...dependencies.timings };
  const { deadlineMs, unknownChannelWaitMs, retry: policy } = timings;
  const channels = new ChannelDirectory(log, logger);
  // A channel's settings say what it is sent and when its storm brake closes: without them nothing is decided.
  await channels.caughtUp;
  const slots = new SendSlots(sendsMax);
  const agent = createGuardedAgent({ guard, timeoutMs: deadlineMs });
  const sender = new Sender({ agent, secretBox, publicUrl, version, deadlineMs, now: () => log.now() });
  const tools: SendingTools = { channels, logger, sender, slots, policy, unknownChannelWaitMs, random: Math.random };
  const newLane = laneMaker(timings, channels, logger);
  const strategy = strategyOf(log, timings.gatherMs, (wake) => new SendingPartition({ newLane, slots, wake }));
  const application = await hostPartitionTasks(DispatcherModule.with(tools), strategy);
  return {
    name: 'dispatcher',
    health: () => ({
      ready: strategy.ready,
      detail: `sends for ${strategy.partitions.length} partitions, ${slots.usedCount} deliveries on their way`,
    }),
    close: async () => {
      await drain(slots);
      await application.close();
      await channels.close();
      await agent.destroy();
    },
  };
}
