export {
  AddressGuard,
  allowEverything,
  allowLoopback,
  allowNothing,
  parseAllowList,
  type AllowList,
} from './address-guard.ts';
export { BlockedAddressError, InvalidAllowListError, NameResolutionError } from './errors.ts';
export { createGuardedAgent, type GuardedAgentSettings } from './guarded-agent.ts';
export { lookUp, type GuardedResolution, type Outbound } from './look-up.ts';
export {
  NameResolver,
  type AddressFamily,
  type NameResolverSettings,
  type Resolution,
  type ResolutionFailure,
} from './name-resolver.ts';
