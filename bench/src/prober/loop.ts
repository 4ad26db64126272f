/** A way to check an origin. */
export interface Loop {
  /** @throws Error when the origin is not found up */
  check(index: number): Promise<void>;
}
