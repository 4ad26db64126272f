/** The settings that only the aggregator reads: none so far. */
import { z } from 'zod';

export const aggregatorConfigSchema = z.object({});
