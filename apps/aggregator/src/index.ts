export { startAggregator, type AggregatorDependencies } from './start-aggregator.ts';
