/** Routes requests to controllers by the descriptions of their operations. */
import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request } from 'express';
import { readInput } from './input.ts';
import { methodOf, pathOf, type OperationDefinition } from './operation.ts';
import { nameRequest } from './request-context.ts';

const metadataKey = 'quorate:operation';

/** Routes `definition` to the decorated method. */
export function Operation(definition: OperationDefinition): MethodDecorator {
  return applyDecorators(
    SetMetadata(metadataKey, definition),
    RequestMapping({
      method: RequestMethod[methodOf(definition)],
      path: pathOf(definition).replaceAll(/\{(\w+)\}/g, ':$1'),
    }),
    HttpCode(definition.answer.status),
  );
}

export function operationOf(handler: object): OperationDefinition | undefined {
  return Reflect.getMetadata(metadataKey, handler) as OperationDefinition | undefined;
}

/** Every operation of some controllers, in the order they are written. */
export function operationsOf(
  controllers: readonly (abstract new (...parts: never[]) => object)[],
): OperationDefinition[] {
  return controllers.flatMap(({ prototype }: { prototype: object }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) =>
      typeof value === 'function' ? (operationOf(value as object) ?? []) : [],
    ),
  );
}

/** The request's parts, each parsed by its schema. @throws ProblemError naming each fault. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const definition = operationOf(context.getHandler());
  if (definition === undefined) throw new Error(`${context.getHandler().name} has no @Operation`);
  nameRequest(definition.route);
  return readInput(definition, context.switchToHttp().getRequest<Request>());
});
