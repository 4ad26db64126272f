/** An entity of the configuration by its place on the log. */
export interface ConfiguredEntity {
  readonly topic: 'monitors' | 'directory';
  readonly key: string;
}
