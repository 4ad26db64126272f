/** The dispatcher as its own process, on Kafka. */
import { AddressGuard, parseAllowList } from '@quorate/outbound';
import { runService, SecretBox } from '@quorate/runtime';
import { dispatcherConfigSchema } from './dispatcher.config.ts';
import { startDispatcher } from './start-dispatcher.ts';

await runService(
  {
    name: 'dispatcher',
    schema: dispatcherConfigSchema,
    start: ({ configuration, log, logger }) =>
      startDispatcher({
        log,
        logger,
        secretBox: new SecretBox(configuration.QUORATE_SECRET_KEY),
        guard: new AddressGuard(parseAllowList(configuration.QUORATE_ALLOW_PRIVATE_TARGETS ?? '')),
        publicUrl: configuration.QUORATE_PUBLIC_URL ?? null,
      }),
  },
  process.env,
);
