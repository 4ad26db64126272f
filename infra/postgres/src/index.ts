export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresSettings,
  type PostgresConnection,
} from './embedded-postgres.ts';
export { PostgresStartError } from './errors.ts';
