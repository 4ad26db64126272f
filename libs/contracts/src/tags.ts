/** Words that users put on their monitors, to find and to choose them by. */
import { z } from 'zod';

export const tagsSchema = z
  .record(z.string().min(1).max(64), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 32, 'takes at most 32 tags');
