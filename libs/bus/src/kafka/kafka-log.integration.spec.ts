/** The log on a real Apache Kafka: what every engine promises. */
import { sharedKafka } from '@quorate/kafka-broker';
import { describe } from '@jest/globals';
import { describeDurableLog } from '../conformance/describe-durable-log.stage.ts';
import { kafkaEngine } from './engine.stage.ts';

const suite = sharedKafka().available ? describe : describe.skip;

suite('on a real cluster', () => describeDurableLog(kafkaEngine(sharedKafka())));
