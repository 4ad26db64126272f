/**
 * The thread in which costly answers are judged, so that no pattern and no document holds up other probes. Node starts
 * it as it stands, so it imports nothing but its neighbours and packages, and writes only types that can be stripped.
 */
import { parentPort } from 'node:worker_threads';
import { judgeAnswer } from './judge-answer.ts';
import type { Judgement, JudgementTask, Ready } from './costly-judgement.ts';

parentPort?.on('message', ({ id, expect, answer }: JudgementTask) => {
  const failure = judgeAnswer(expect, answer);
  const judgement: Judgement = {
    id,
    failure: failure === null ? null : { reason: failure.reason, message: failure.message },
  };
  parentPort?.postMessage(judgement);
});
parentPort?.postMessage('ready' satisfies Ready);
