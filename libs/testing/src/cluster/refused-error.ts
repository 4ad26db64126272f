/** A broker's word of refusal, by the names that Kafka gives them. */
export type Refusal =
  'UNKNOWN_MEMBER_ID' | 'ILLEGAL_GENERATION' | 'REBALANCE_IN_PROGRESS' | 'INVALID_PRODUCER_EPOCH' | 'INVALID_TXN_STATE';

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`The broker refuses: ${refusal}`);
    this.refusal = refusal;
  }
}
