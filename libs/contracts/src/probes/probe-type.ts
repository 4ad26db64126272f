/** What the contracts know of a probe type. */
import type { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import type { TlsMaterialField } from './tls-material.ts';

/** A pattern in RE2 syntax, and where it stands in the monitor (a JSON pointer). */
export interface PatternField {
  readonly pointer: string;
  readonly pattern: string;
}

export interface ProbeType<Settings extends z.ZodType> {
  readonly settings: Settings;
  /** What is looked at, in one line for people. Holds no secret. */
  targetOf(settings: z.output<Settings>): string;
  /** A copy with each secret mapped; left out by a type that has none. */
  mapSecrets?(settings: z.output<Settings>, map: SecretMapping): z.output<Settings>;
  /** Certificates that the monitor brings along; left out by a type that takes none. */
  tlsMaterialOf?(settings: z.output<Settings>): TlsMaterialField;
  /** With fewer whole days left its certificate is warned of; 0: never. Left out by a type that sees none. */
  certificateWarningDaysOf?(settings: z.output<Settings>): number;
  /** Left out by a type that has none. */
  patternsOf?(settings: z.output<Settings>): readonly PatternField[];
}

export function defineProbeType<Settings extends z.ZodType>(type: ProbeType<Settings>): ProbeType<Settings> {
  return type;
}

/** The patterns that stand under `name` in a list whose entries may have one. */
export function patternsIn<Name extends string>(
  entries: readonly object[],
  name: Name,
  pointer: string,
): PatternField[] {
  return entries.flatMap((entry, index) => {
    const pattern = (entry as Partial<Record<Name, string>>)[name];
    return pattern === undefined ? [] : [{ pointer: `${pointer}/${index}/${name}`, pattern }];
  });
}
