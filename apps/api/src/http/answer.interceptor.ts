/** Dresses answers: the ETag of what has a version, the Location of what was created. */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { entityTagOf } from './entity-tag.ts';
import { pathOf, type OperationDefinition } from './operation.ts';
import { operationOf } from './routing.ts';

interface Entity {
  readonly id: string;
  readonly version: number;
}

@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const definition = operationOf(context.getHandler());
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(tap((answer) => dress(response, definition, answer)));
  }
}

function dress(response: Response, definition: OperationDefinition | undefined, answer: unknown): void {
  if (definition?.isVersioned !== true) return;
  const { id, version } = answer as Entity;
  response.setHeader('ETag', entityTagOf(version));
  if (definition.answer.status === 201) response.setHeader('Location', `${pathOf(definition)}/${id}`);
}
