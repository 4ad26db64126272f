/**
 * Which modules the simulation replaces by its own, and how planted bugs get into the product: as changed source, in
 * this thread only. Everything else that runs is what `npm run build` made.
 */
import { registerHooks } from 'node:module';
import { root } from './root.ts';

const substitute = (name: string) => new URL(`substitutes/${name}.js`, import.meta.url).href;

/** By the module that a specifier leads to, the module that is taken instead. */
const substitutes = new Map([
  ['node:timers/promises', substitute('timers-promises')],
  [new URL('libs/bus/dist/nest/host.js', root).href, substitute('task-host')],
  [new URL('libs/bus/dist/nest/decode.js', root).href, substitute('decode')],
  [new URL('libs/telemetry/dist/metrics.js', root).href, substitute('metrics')],
  [new URL('libs/outbound/dist/guarded-agent.js', root).href, substitute('guarded-agent')],
]);

/** @param changed by path of a built module from the root, the code to load in its place. */
export function hookModules(changed: ReadonlyMap<string, string>): void {
  const changedUrls = new Map([...changed].map(([path, code]) => [new URL(path, root).href, code]));
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      const url = substitutes.get(resolved.url);
      return url === undefined || context.parentURL === url ? resolved : { ...resolved, url, format: 'module' };
    },
    load: (url, context, next) => {
      const source = changedUrls.get(url);
      return source === undefined ? next(url, context) : { format: 'module', shortCircuit: true, source };
    },
  });
}
