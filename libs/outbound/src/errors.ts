/** Why something was not dialled, and whether the same call may succeed later without anyone changing anything. */
import { QuorateError } from '@quorate/contracts';
import type { ResolutionFailure } from './name-resolver.ts';

/** The name led to an address that this installation does not dial. */
export class BlockedAddressError extends QuorateError {
  override readonly name = 'BlockedAddressError';
  readonly code = 'QRT_BLOCKED_ADDRESS';
  readonly retryable = false;
  readonly host: string;
  readonly address: string;

  constructor(host: string, address: string) {
    super(`${host} leads to ${address}, an address that QUORATE_ALLOW_PRIVATE_TARGETS does not allow`);
    this.host = host;
    this.address = address;
  }
}

export class NameResolutionError extends QuorateError {
  override readonly name = 'NameResolutionError';
  readonly code = 'QRT_NAME_RESOLUTION';
  readonly retryable = true;
  readonly host: string;
  readonly failure: ResolutionFailure;

  constructor(host: string, failure: ResolutionFailure) {
    super(`Cannot resolve ${host}: ${failure}`);
    this.host = host;
    this.failure = failure;
  }
}

/** An entry of the allow-list is neither `all` nor an address nor a CIDR. */
export class InvalidAllowListError extends QuorateError {
  override readonly name = 'InvalidAllowListError';
  readonly code = 'QRT_INVALID_ALLOW_LIST';
  readonly retryable = false;
  readonly entry: string;

  constructor(entry: string) {
    super(`"${entry}" is neither "all" nor an address nor a CIDR such as 10.0.0.0/8 or fd00::/8`);
    this.entry = entry;
  }
}
