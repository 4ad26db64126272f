/** A look-up whose every answer was checked: what it returns may be dialled, and nothing else may. */
import type { AddressGuard } from './address-guard.ts';
import type { AddressFamily, NameResolver, Resolution } from './name-resolver.ts';

export type GuardedResolution = Resolution | { readonly kind: 'blocked'; readonly address: string };

export interface Outbound {
  readonly guard: AddressGuard;
  readonly resolver: NameResolver;
}

/**
 * Refuses the name when any of its addresses is forbidden: taking only the good ones would let a rebinding name win by
 * patience. Literals are checked too.
 */
export async function lookUp(
  { guard, resolver }: Outbound,
  host: string,
  family: AddressFamily,
): Promise<GuardedResolution> {
  const resolution = await resolver.resolve(host, family);
  if (resolution.kind === 'failure') return resolution;
  const blocked = resolution.addresses.find((address) => !guard.permits(address));
  return blocked === undefined ? resolution : { kind: 'blocked', address: blocked };
}
