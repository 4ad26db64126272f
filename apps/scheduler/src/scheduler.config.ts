/** The settings that only the scheduler reads: none so far. */
import { z } from 'zod';

export const schedulerConfigSchema = z.object({});
