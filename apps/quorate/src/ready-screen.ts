/** What a person sees when everything runs: where to go, with which key, and what to do first. */
import type { AdminKey } from './keys.ts';

export interface ReadyFacts {
  readonly url: string;
  readonly adminKey: AdminKey;
  readonly dataDirectory: string;
  readonly database: 'embedded' | 'external';
  readonly regions: readonly string[];
}

function keyLine({ key, file, isNew }: AdminKey): string {
  if (file === null) return 'the one in QUORATE_ADMIN_KEY';
  return isNew ? `${key}\n              (shown only now; kept in ${file})` : `in ${file}`;
}

function bearer({ file }: AdminKey): string {
  return file === null ? '$QUORATE_ADMIN_KEY' : `$(cat ${file})`;
}

function regionsLine(regions: readonly string[]): string {
  if (regions.length > 1) return regions.join(', ');
  return `${regions.join()}: one region decides alone; set QUORATE_REGIONS=eu,us,ap to see a quorum at work`;
}

export function readyScreen({ url, adminKey, dataDirectory, database, regions }: ReadyFacts): string {
  return `
  Quorate is ready.

  API         ${url}/api/v1   (described at ${url}/docs)
  Admin key   ${keyLine(adminKey)}
  Data        ${dataDirectory}${database === 'embedded' ? '' : ', and the database in DATABASE_URL'}
  Regions     ${regionsLine(regions)}

  Add a first monitor:

    curl -s ${url}/api/v1/monitors \\
      -H "authorization: Bearer ${bearer(adminKey)}" -H 'content-type: application/json' \\
      -d '{"name": "Example", "type": "http", "http": {"url": "https://example.com"}}'

`;
}
