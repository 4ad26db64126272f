/**
 * Marks the handlers of a partition task. They are Nest's own `EventPattern`, `Payload` and `Ctx` in one, and know what
 * a topic's records are; `EventPattern` alone takes no handler whose second parameter is typed.
 */
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { TopicName, TopicValue } from '@quorate/contracts';
import { tickPattern, type Task, type TaskRecord, type TaskStep } from './task.ts';

type Handler<Records> = (records: Records, task: Task<never>) => TaskStep | Promise<TaskStep> | undefined | void;

type HandlerDecorator<Records> = <Method extends Handler<Records>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

function handlerOf<Records>(pattern: string): HandlerDecorator<Records> {
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    EventPattern<string>(pattern)(target, key, descriptor);
  };
}

/** A method that hears the records of `topic`: `(records, task) => TaskStep`. */
export function OnTopic<Name extends TopicName>(
  topic: Name,
): HandlerDecorator<readonly TaskRecord<TopicValue<Name>>[]> {
  return handlerOf(topic);
}

/** A method that is called after the topics of each gathering: `(none, task) => TaskStep`. */
export function OnTick(): HandlerDecorator<readonly never[]> {
  return handlerOf(tickPattern);
}
