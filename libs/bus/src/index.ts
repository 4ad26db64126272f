export { openEmbeddedLog, type EmbeddedLogOptions } from './embedded/open-embedded-log.ts';
export { BusConfigurationError, BusUnavailableError } from './errors.ts';
export type {
  DurableLog,
  Follower,
  Gathering,
  Guarantee,
  LogRecord,
  Membership,
  OutgoingRecord,
  PartitionTask,
  PartitionTaskDefinition,
  Step,
  TopicSettings,
} from './log.ts';
export { shareOut, type Claim } from './kafka/co-partition.ts';
export { type KafkaLogOptions, openKafkaLog, sessionMsMaxDefault } from './kafka/kafka-log.ts';
export { LogClock } from './kafka/log-clock.ts';
export type { Clock } from './local/clock.ts';
export { LocalLog, type LocalLogOptions } from './local/local-log.ts';
export type {
  ReadAnswer,
  ReadRequest,
  Store,
  StoreAppend,
  StoreCommit,
  StoreContents,
  StoredOffset,
  StoredRow,
  StoredTail,
  StoredTopic,
  TombstoneFloor,
  Upkeep,
} from './local/store.ts';
export { hostPartitionTasks } from './nest/host.ts';
export { KeepOriginalError } from './nest/keep-original-error.ts';
export { OnTick, OnTopic } from './nest/on-topic.ts';
export { PartitionTaskStrategy, type PartitionTaskOptions } from './nest/strategy.ts';
export type { Task, TaskRecord, TaskStep, TaskWrite } from './nest/task.ts';
export { OwnedTasks, type PartitionWork } from './owned-tasks.ts';
export { movedPositions } from './moved-positions.ts';
export { type TaskInput, TaskInputs } from './task-inputs.ts';
export type { Taken, TaskSession } from './task-runner.ts';
export { topicSettings } from './topic-settings.ts';
