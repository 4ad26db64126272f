/** A prober as its own process, on Kafka. */
import { AddressGuard, parseAllowList } from '@quorate/outbound';
import { runService, SecretBox } from '@quorate/runtime';
import { proberConfigSchema } from './prober.config.ts';
import { startProber } from './start-prober.ts';

await runService(
  {
    name: 'prober',
    schema: proberConfigSchema,
    start: ({ configuration, log, logger, instance, version }) =>
      startProber({
        log,
        logger,
        version,
        region: configuration.QUORATE_REGION,
        proberId: instance,
        secretBox: new SecretBox(configuration.QUORATE_SECRET_KEY),
        guard: new AddressGuard(parseAllowList(configuration.QUORATE_ALLOW_PRIVATE_TARGETS ?? '')),
        canaries: configuration.QUORATE_CANARIES,
      }),
  },
  process.env,
);
