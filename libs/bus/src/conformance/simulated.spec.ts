/** The simulated log keeps the same contract as the engines that it stands in for. */
import { describeDurableLog } from './describe-durable-log.stage.ts';
import { simulatedEngine } from './simulated-engine.stage.ts';

describeDurableLog(simulatedEngine);
