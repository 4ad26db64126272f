/** The schemas that the OpenAPI document names, and how a zod schema is shown in it. */
import { channelSettingsSchema, installationSettingsSchema, monitorSettingsSchema } from '@quorate/contracts';
import { z } from 'zod';
import { findingSchema } from '../auditor/audit.schema.ts';
import { channelSchema, newChannelSchema } from '../channels/channel.schema.ts';
import { manualRoundSchema } from '../checks/checks.operations.ts';
import { deliverySchema } from '../deliveries/delivery.schema.ts';
import { problemSchema } from '../http/problem.schema.ts';
import { incidentSchema, incidentSummarySchema, timelineEntrySchema } from '../incidents/incident.schema.ts';
import { monitorSchema } from '../monitors/monitor.schema.ts';
import { regionSchema } from '../regions/regions.operations.ts';
import { roundSchema, voteSchema } from '../rounds/round.schema.ts';
import { installationSchema } from '../settings/settings.schema.ts';

export type JsonSchema = Record<string, unknown>;

const named = {
  Channel: channelSchema,
  ChannelSettings: channelSettingsSchema,
  Delivery: deliverySchema,
  Finding: findingSchema,
  Incident: incidentSchema,
  IncidentSummary: incidentSummarySchema,
  Installation: installationSchema,
  InstallationSettings: installationSettingsSchema,
  ManualRound: manualRoundSchema,
  Monitor: monitorSchema,
  MonitorSettings: monitorSettingsSchema,
  NewChannel: newChannelSchema,
  Problem: problemSchema,
  Region: regionSchema,
  Round: roundSchema,
  TimelineEntry: timelineEntrySchema,
  Vote: voteSchema,
};

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });

/** Collects the named schemas that the shown ones refer to. */
export class SchemaBook {
  readonly components: Record<string, JsonSchema> = {};

  /** `input` is what a client sends, `output` what it gets: what has a default is always there. */
  show(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const shown = z.toJSONSchema(schema, { metadata: registry, io, unrepresentable: 'any' });
    const { $schema: _, $defs = {}, id: name, ...rest } = shown as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [id, definition] of Object.entries($defs)) this.components[id] ??= pointToComponents(definition);
    const own = pointToComponents(rest);
    if (typeof name !== 'string') return own;
    this.components[name] ??= own;
    return referenceTo(name);
  }

  /** A merge patch of `schema`: nothing is required, and null sets the default. */
  showPatch(schema: z.ZodType, name: string): JsonSchema {
    const { $schema: _, ...shown } = z.toJSONSchema(schema, {
      metadata: z.registry(),
      io: 'input',
      unrepresentable: 'any',
    });
    this.components[name] ??= {
      description: 'A JSON Merge Patch (RFC 7396); null sets the default.',
      ...optional(shown),
    };
    return referenceTo(name);
  }
}

function referenceTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Maps every object inside `value`, the innermost first. */
function mapObjects(value: unknown, map: (object: JsonSchema) => JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return map(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapObjects(part, map)])));
}

/** Zod names a schema by an `id` in it; a property called `id` is a schema itself. */
function pointToComponents(schema: JsonSchema): JsonSchema {
  return mapObjects(schema, ({ id, ...object }) => {
    const own = typeof id === 'string' ? object : { ...(id === undefined ? {} : { id }), ...object };
    const { $ref } = object;
    return typeof $ref === 'string' ? { ...own, $ref: $ref.replace('#/$defs/', '#/components/schemas/') } : own;
  }) as JsonSchema;
}

/** With nothing required a patch may fit several forms. */
function optional(schema: JsonSchema): JsonSchema {
  return mapObjects(schema, ({ required, default: _, oneOf, ...object }) => ({
    ...object,
    ...(Array.isArray(required) || required === undefined ? {} : { required }),
    ...(oneOf === undefined ? {} : { anyOf: oneOf }),
  })) as JsonSchema;
}
