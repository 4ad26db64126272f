/** Starts a Nest module whose handlers are partition tasks. */
import { NestFactory } from '@nestjs/core';
import type { INestMicroservice, Type } from '@nestjs/common';
import { KeepOriginalError } from './keep-original-error.ts';
import type { PartitionTaskStrategy } from './strategy.ts';

/** Resolves when the group is joined; closing the application leaves it. A handler's own error reaches the engine. */
export async function hostPartitionTasks<State>(
  module: Type | Parameters<typeof NestFactory.createMicroservice>[0],
  strategy: PartitionTaskStrategy<State>,
): Promise<INestMicroservice> {
  const application = await NestFactory.createMicroservice(module, { strategy, logger: false, abortOnError: false });
  application.useGlobalFilters(new KeepOriginalError());
  await application.listen();
  return application;
}
