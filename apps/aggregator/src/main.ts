/** The aggregator as its own process, on Kafka. */
import { runService } from '@quorate/runtime';
import { aggregatorConfigSchema } from './aggregator.config.ts';
import { startAggregator } from './start-aggregator.ts';

await runService({ name: 'aggregator', schema: aggregatorConfigSchema, start: startAggregator }, process.env);
