/** What the API reads from its environment as its own process. Its instances share one key, so it has to be given. */
import { settings } from '@quorate/runtime';
import { z } from 'zod';

export const apiConfigSchema = z.object({
  DATABASE_URL: settings.DATABASE_URL.schema,
  QUORATE_ADMIN_KEY: settings.QUORATE_ADMIN_KEY.schema.unwrap(),
  QUORATE_SECRET_KEY: settings.QUORATE_SECRET_KEY.schema,
});
