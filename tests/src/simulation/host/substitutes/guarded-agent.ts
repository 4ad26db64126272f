/** Stands in for the outbound agent of the dispatcher: what it dials is the simulated PagerDuty. */
import { currentHost } from '@quorate/testing';
import type { Dispatcher } from 'undici';
import { receiverOfRun } from '../receiver-of-run.ts';
import { SimulatedAgent } from '../simulated-agent.ts';

export function createGuardedAgent(): Dispatcher {
  const host = currentHost();
  if (host === null) throw new Error('An agent was made outside of any simulated process');
  return new SimulatedAgent(host, receiverOfRun());
}
