/** The settings that only a prober reads. */
import { settings } from '@quorate/runtime';
import { z } from 'zod';

export const proberConfigSchema = z.object({
  QUORATE_REGION: settings.QUORATE_REGION.schema,
  QUORATE_SECRET_KEY: settings.QUORATE_SECRET_KEY.schema,
  QUORATE_ALLOW_PRIVATE_TARGETS: settings.QUORATE_ALLOW_PRIVATE_TARGETS.schema,
  QUORATE_CANARIES: settings.QUORATE_CANARIES.schema,
});
