/** The simulated log keeps the same contract as the engines that it stands in for. */
import { createSimulatedLog } from '@quorate/testing';
import { describeDurableLog } from './describe-durable-log.ts';
import { simulatedEngine } from './simulated-engine.ts';

describeDurableLog(simulatedEngine(() => createSimulatedLog({ now: Date.UTC(2026, 10, 21, 10) })));
