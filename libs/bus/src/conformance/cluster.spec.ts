/** The simulated cluster, on which the whole product is simulated, keeps the contract of the real engines. */
import { clusterEngine } from './cluster-engine.stage.ts';
import { describeDurableLog } from './describe-durable-log.stage.ts';

describeDurableLog(clusterEngine);
