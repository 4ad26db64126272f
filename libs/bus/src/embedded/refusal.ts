/** Why the store refuses to open or to go on, as it crosses from the worker. */

export type Refusal =
  /** The file was emptied, replaced, or is of another installation. */
  | 'foreign'
  /** The file was written by a newer Quorate. */
  | 'newer'
  /** Another process has become the owner of the file. */
  | 'ousted';

export class StoreRefusal extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}
