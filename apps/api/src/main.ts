/** The API as its own process, on Kafka. */
import { runService, SecretBox } from '@quorate/runtime';
import { apiConfigSchema } from './api.config.ts';
import { startApi } from './start-api.ts';

await runService(
  {
    name: 'api',
    schema: apiConfigSchema,
    servesOperations: true,
    start: async ({ configuration, log, logger, version, http }) => {
      const api = await startApi({
        log,
        logger,
        version,
        database: configuration.DATABASE_URL,
        httpHost: http.host,
        httpPort: http.port,
        adminKey: configuration.QUORATE_ADMIN_KEY,
        secretBox: new SecretBox(configuration.QUORATE_SECRET_KEY),
      });
      logger.info('The API listens', { url: api.url });
      return api;
    },
  },
  process.env,
);
