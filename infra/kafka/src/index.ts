export { kafkaAvailability, type KafkaAvailability } from './availability.ts';
export { sharedKafka, type SharedKafka } from './kafka.config.ts';
export { type KafkaCluster, type KafkaSettings, startKafka } from './start-kafka.ts';
