/** The scheduler as its own process, on Kafka. */
import { runService } from '@quorate/runtime';
import { schedulerConfigSchema } from './scheduler.config.ts';
import { startScheduler } from './start-scheduler.ts';

await runService({ name: 'scheduler', schema: schedulerConfigSchema, start: startScheduler }, process.env);
