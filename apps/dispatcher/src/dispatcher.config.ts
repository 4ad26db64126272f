/** The settings that only the dispatcher reads. */
import { settings } from '@quorate/runtime';
import { z } from 'zod';

export const dispatcherConfigSchema = z.object({
  QUORATE_SECRET_KEY: settings.QUORATE_SECRET_KEY.schema,
  QUORATE_ALLOW_PRIVATE_TARGETS: settings.QUORATE_ALLOW_PRIVATE_TARGETS.schema,
  QUORATE_PUBLIC_URL: settings.QUORATE_PUBLIC_URL.schema,
});
