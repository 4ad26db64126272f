/** The API as its own process, on Kafka. Its gateway takes pings from the first moment on, also without a database. */
import { runService, SecretBox, serveOperations, type HealthByName, type ServiceStart } from '@quorate/runtime';
import type { z } from 'zod';
import { apiConfigSchema } from './api.config.ts';
import { openApi } from './api-when-database.ts';
import { startGateway } from './gateway/start-gateway.ts';
import type { RunningApi } from './start-api.ts';

type Start = ServiceStart<z.output<typeof apiConfigSchema>>;

async function start({ configuration, log, logger, instance, version, http }: Start): Promise<RunningApi> {
  const secretBox = new SecretBox(configuration.QUORATE_SECRET_KEY);
  const gateway = await startGateway({ log, logger, secretBox, gatewayId: instance, version });
  const otherHealth = (): HealthByName => ({ gateway: gateway.health() });
  const waits = { ready: false, detail: 'Waits for its database.' };
  const answerPing = gateway.answer;
  const waitingRoom = await serveOperations(http, () => ({ ...otherHealth(), api: waits }), answerPing);
  const parts = { log, logger, version, secretBox, otherHealth, answerPing };
  const settings = { database: configuration.DATABASE_URL, adminKey: configuration.QUORATE_ADMIN_KEY };
  const opening = openApi({ ...parts, ...settings, httpHost: http.host }, waitingRoom);
  const api = await opening.started;
  logger.info('The API listens', { url: api.url });
  return {
    ...api,
    close: async () => {
      await opening.close();
      await gateway.close();
    },
  };
}

await runService({ name: 'api', schema: apiConfigSchema, servesOperations: true, start }, process.env);
