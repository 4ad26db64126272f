/** The requests of Kafka's protocol that the engine makes, with their answers, in kafkajs' words. */
import type { FetchedPartition } from './fetch-answer.ts';

interface Exchange<Question, Answer> {
  readonly question: Question;
  readonly answer: Answer;
}
type ByTopic<Partition> = readonly { readonly topic: string; readonly partitions: readonly Partition[] }[];

export interface ProducerIdentity {
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** A record as kafkajs encodes it. */
export interface WireRecord {
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface GroupMemberOf {
  readonly groupId: string;
  readonly memberId: string;
  /** Names a static member, which keeps its place when its process restarts. */
  readonly groupInstanceId: string | null;
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** Filled for the leader only. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
      readonly logAppendTime: string;
    }[];
  }[];
}

export interface Exchanges {
  readonly Produce: Exchange<
    ProducerIdentity & {
      readonly transactionalId: string | null;
      readonly acks: -1;
      readonly timeout: number;
      readonly compression: number;
      readonly topicData: ByTopic<{
        readonly partition: number;
        readonly firstSequence: number;
        readonly messages: readonly WireRecord[];
      }>;
    },
    ProduceAnswer
  >;
  readonly Fetch: Exchange<
    {
      readonly isolationLevel: 0 | 1;
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly topics: ByTopic<{ readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }>;
      readonly rackId: string;
    },
    readonly FetchedPartition[]
  >;
  readonly ListOffsets: Exchange<
    {
      /** 0 asks for the high watermark, 1 for the last stable offset. */
      readonly isolationLevel: 0 | 1;
      /** Timestamp -1 asks for the end, -2 for the first offset. */
      readonly topics: ByTopic<{ readonly partition: number; readonly timestamp: -1 | -2 }>;
    },
    { readonly responses: ByTopic<{ readonly partition: number; readonly offset: string }> }
  >;
  readonly Metadata: Exchange<
    /** No topics: all. */
    { readonly topics: readonly string[]; readonly allowAutoTopicCreation: false },
    {
      readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
      readonly controllerId: number;
      readonly topicMetadata: readonly {
        readonly topicErrorCode: number;
        readonly topic: string;
        readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
      }[];
    }
  >;
  readonly CreateTopics: Exchange<
    {
      readonly timeout: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly numPartitions: number;
        readonly configEntries: readonly { readonly name: string; readonly value: string }[];
      }[];
    },
    { readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number }[] }
  >;
  readonly GroupCoordinator: Exchange<
    { readonly groupId: string; readonly coordinatorType: 0 | 1 },
    { readonly coordinator: { readonly nodeId: number } }
  >;
  readonly OffsetFetch: Exchange<
    { readonly groupId: string; readonly topics: ByTopic<{ readonly partition: number }> },
    { readonly responses: ByTopic<{ readonly partition: number; readonly offset: string }> }
  >;
  readonly OffsetCommit: Exchange<
    {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
      readonly topics: ByTopic<{ readonly partition: number; readonly offset: string }>;
    },
    unknown
  >;
  readonly JoinGroup: Exchange<
    GroupMemberOf & {
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly protocolType: 'consumer';
      readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
    },
    JoinedGroup
  >;
  readonly SyncGroup: Exchange<
    GroupMemberOf & {
      readonly generationId: number;
      readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
    },
    { readonly memberAssignment: Buffer }
  >;
  readonly Heartbeat: Exchange<GroupMemberOf & { readonly groupGenerationId: number }, unknown>;
  readonly LeaveGroup: Exchange<GroupMemberOf, unknown>;
  readonly InitProducerId: Exchange<
    { readonly transactionalId?: string; readonly transactionTimeout: number },
    ProducerIdentity
  >;
  readonly AddPartitionsToTxn: Exchange<
    ProducerIdentity & { readonly transactionalId: string; readonly topics: ByTopic<number> },
    unknown
  >;
  readonly AddOffsetsToTxn: Exchange<
    ProducerIdentity & { readonly transactionalId: string; readonly groupId: string },
    unknown
  >;
  readonly TxnOffsetCommit: Exchange<
    ProducerIdentity & {
      readonly transactionalId: string;
      readonly groupId: string;
      readonly topics: ByTopic<{ readonly partition: number; readonly offset: string }>;
    },
    unknown
  >;
  readonly EndTxn: Exchange<
    ProducerIdentity & { readonly transactionalId: string; readonly transactionResult: boolean },
    unknown
  >;
}
