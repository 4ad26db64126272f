/**
 * Stands in for Nest's container, whose start costs more than all the rest of a simulated process' life: makes the
 * module's own controllers with the module's own providers and hands their own handlers to the real strategy.
 */
import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import type { hostPartitionTasks as host } from '@quorate/bus';

interface Closable {
  close(): Promise<void>;
}

type Module = Parameters<typeof host>[0];
type Strategy = Parameters<typeof host>[1];
type Handler = Parameters<Strategy['addHandler']>[1];
type Method = (...values: unknown[]) => unknown;

/** As `@nestjs/common` and `@nestjs/microservices` note it on classes and methods. */
const noted = {
  controllers: 'controllers',
  injected: 'self:paramtypes',
  patterns: 'microservices:pattern',
  arguments: '__routeArguments__',
} as const;
/** Which of a handler's parameters takes the payload, and which the context: Nest's own numbers. */
const parameterTypes = { payload: 3, context: 6 } as const;

function metadata<Value>(key: string, target: object, name?: string): Value | undefined {
  const found: unknown = name === undefined ? Reflect.getMetadata(key, target) : Reflect.getMetadata(key, target, name);
  return found as Value | undefined;
}

function controllersOf(module: Module): readonly Type[] {
  if ('module' in module) return (module.controllers ?? []) as readonly Type[];
  return metadata<Type[]>(noted.controllers, module) ?? [];
}

function providersOf(module: Module): ReadonlyMap<unknown, unknown> {
  const providers = 'module' in module ? (module.providers ?? []) : [];
  return new Map(
    providers.map((provider) => {
      if (!('useValue' in provider)) throw new Error('The stand-in for Nest knows providers with a value only');
      return [provider.provide, provider.useValue as unknown] as const;
    }),
  );
}

function create(controller: Type, providers: ReadonlyMap<unknown, unknown>): object {
  const injected = metadata<{ index: number; param: unknown }[]>(noted.injected, controller) ?? [];
  const values: unknown[] = [];
  for (const { index, param } of injected) {
    if (!providers.has(param)) throw new Error(`${controller.name} wants what its module does not provide`);
    values[index] = providers.get(param);
  }
  return new controller(...values) as object;
}

/** Puts payload and context where the method wants them. */
function placesOf(controller: Type, name: string): (payload: unknown, context: unknown) => unknown[] {
  const wanted = Object.keys(metadata<object>(noted.arguments, controller, name) ?? {}).map((key) => {
    const [type, index] = key.split(':').map(Number);
    return { type, index: index ?? 0 };
  });
  return (payload, context) => {
    const values: unknown[] = [];
    for (const { type, index } of wanted) values[index] = type === parameterTypes.payload ? payload : context;
    return values;
  };
}

function register(strategy: Strategy, controller: Type, instance: object): void {
  const methods = instance as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(controller.prototype)) {
    const method = methods[name];
    if (name === 'constructor' || method === undefined) continue;
    const places = placesOf(controller, name);
    const handler = (payload: unknown, context: unknown) => method.apply(instance, places(payload, context));
    for (const pattern of metadata<string[]>(noted.patterns, method) ?? []) {
      strategy.addHandler(pattern, handler as Handler);
    }
  }
}

export async function hostPartitionTasks(module: Module, strategy: Strategy): Promise<Closable> {
  const providers = providersOf(module);
  for (const controller of controllersOf(module)) register(strategy, controller, create(controller, providers));
  await new Promise<void>((resolve, reject) => {
    strategy.listen((error?: unknown) =>
      error === undefined ? resolve() : reject(new Error('The strategy cannot listen', { cause: error })),
    );
  });
  return { close: async () => void (await strategy.close()) };
}
