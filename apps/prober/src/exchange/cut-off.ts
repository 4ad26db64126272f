/** A failure within an answer, with what there was of it: a status and some words often tell why. */
import { Failure } from '../attempt/failure.ts';
import type { Answer } from './response-reader.ts';

export class CutOff extends Failure {
  readonly answer: Answer;

  constructor({ reason, message }: Failure, answer: Answer) {
    super(reason, message);
    this.answer = answer;
  }
}
