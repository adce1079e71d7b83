import { formatReport } from './format-report.ts';
import { runSoak } from './run-soak.ts';

/**
 * `npm run soak`: 5,000 messages through the one-machine stack while its workers are killed and
 * its OTLP backend fails a third of the time, with messages sent up to three times. Ends with a
 * table, and with 0 when nothing is lost and no idempotent task was done twice.
 */

/** Everything is gone by then after Ctrl-C. */
const STOP_LIMIT_MS = 3_000;
/** Some minutes on a quiet machine; a busy one is given longer. */
const BOUND_MS = 600_000;

async function main(): Promise<number> {
  const messages = readNumber('SOAK_MESSAGES', 5_000);
  const seed = readNumber('SOAK_SEED', Math.floor(Math.random() * 1e9));
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      stopping.abort(new Error(`Stopped by ${name}.`));
      setTimeout(() => process.exit(130), STOP_LIMIT_MS).unref();
    });
  }
  console.log(`${messages} messages, SOAK_SEED=${seed}`);
  const result = await runSoak({
    messages,
    seed,
    crashes: 2,
    meanKillPauseMs: 1_500,
    boundMs: BOUND_MS,
    signal: stopping.signal,
    onProgress: (line) => console.log(line),
  });
  console.log(`\n${formatReport(result).join('\n')}`);
  return result.brokenPromises.length === 0 ? 0 : 1;
}

function readNumber(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${name} is ${JSON.stringify(process.env[name])}; use a whole number.`);
}

try {
  process.exit(await main());
} catch (error) {
  console.error((error as Error).message);
  process.exit(130);
}
