/** `npm run demo`: an outage from its first sign to the resolve, in about a minute and without any account. */
import type { OtlpReceiver } from '../e2e/otlp-receiver.ts';
import { RoundWatch } from './round-watch.ts';
import { addMonitor, allRegionsLive, regions, Stage } from './stage.ts';
import { tell, type Ending } from './story.ts';
import { Terminal } from './terminal.ts';

const startedAt = Date.now();
const terminal = new Terminal((text) => void process.stdout.write(text), startedAt);
const stage = new Stage();

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** What a story that is torn down still runs into is no failure. */
let interrupted = false;
for (const [signal, code] of Object.entries(exitCodes)) {
  process.once(signal, () => {
    interrupted = true;
    void stage.close().finally(() => process.exit(code));
  });
}

async function run(traces: OtlpReceiver): Promise<Ending> {
  terminal.title(
    'Quorate: one target, three regions, and a stand-in for PagerDuty.',
    'Everything runs on this machine and is gone afterwards. It takes about a minute.',
  );
  terminal.say(Date.now(), 'starting Quorate: five services, an embedded log, a PostgreSQL of its own');
  const [target, pagerDuty, installation] = await Promise.all([
    stage.target(),
    stage.pagerDuty(),
    stage.installation(traces.endpoint),
  ]);
  await allRegionsLive(installation);
  terminal.say(Date.now(), `ready at ${installation.url}: probers of ${regions.join(', ')} are live`);
  const rounds = new RoundWatch(installation, await addMonitor(installation, target, pagerDuty));
  return tell({ terminal, target, pagerDuty, rounds });
}

const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? '' : 's'}`;

async function fail(error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nThe demo did not go as it should: ${reason}\n\n${stage.lastWords()}\n`);
  await stage.close();
  process.exit(1);
}

try {
  const traces = await stage.traces();
  const { pageCount, resolveCount, secondsToPage, traceId } = await run(traces);
  await stage.close();
  const spans = traces.spans.filter((span) => span.traceId === traceId);
  const heard = [count(pageCount, 'page'), count(resolveCount, 'resolve')].join(', ');
  terminal.end([
    `The page's trace has ${count(spans.length, 'span')}, from the first check that failed to the call to PagerDuty.`,
    `${heard}; ${secondsToPage.toFixed(1)} s from the outage to the page.`,
  ]);
} catch (error) {
  if (!interrupted) await fail(error);
}
