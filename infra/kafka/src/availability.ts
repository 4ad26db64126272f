/** Whether this machine can run a Kafka broker, and if not, what it lacks. */
import { spawnSync } from 'node:child_process';
import { jarsAreCached } from './jars.ts';

export type KafkaAvailability = { readonly available: true } | { readonly available: false; readonly reason: string };

const javaVersionMin = 17;
const commandMsMax = 10_000;

/** The major version of the `java` on the path, or null. */
function javaVersion(): number | null {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: commandMsMax });
  if (status !== 0) return null;
  const version = /version "(\d+)/.exec(stderr)?.[1];
  return version === undefined ? null : Number(version);
}

function hasMaven(): boolean {
  return spawnSync('mvn', ['-version'], { stdio: 'ignore', timeout: commandMsMax }).status === 0;
}

/** Whether `startKafka` can work here. */
export function kafkaAvailability(): KafkaAvailability {
  const java = javaVersion();
  if (java === null) return { available: false, reason: 'there is no java' };
  if (java < javaVersionMin) {
    return { available: false, reason: `java is version ${java}, and Kafka needs ${javaVersionMin} or newer` };
  }
  if (!jarsAreCached() && !hasMaven()) {
    return { available: false, reason: "there is no mvn to fetch Kafka's jars with" };
  }
  return { available: true };
}
