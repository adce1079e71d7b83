import { expect, test } from 'vitest';
import { formatReport } from '../soak/format-report.ts';
import { runSoak } from '../soak/run-soak.ts';

const MESSAGES = 150;
const TIME_MS = 150_000;

// The short form of `npm run soak`: one visibility timeout instead of several.
test('nothing is lost, and nothing idempotent done twice, with duplicates while workers are killed and the OTLP backend fails', {
  timeout: TIME_MS + 30_000,
}, async ({ signal }) => {
  const result = await runSoak({
    messages: MESSAGES,
    seed: 3,
    crashes: 1,
    meanKillPauseMs: 700,
    boundMs: TIME_MS,
    signal,
    onProgress: () => {},
  });

  const report = formatReport(result).join('\n');
  expect(result.brokenPromises, report).toEqual([]);
  expect(result.accounts, report).toHaveLength(MESSAGES);
  // It would prove nothing had nobody been killed, nothing failed and nobody died.
  expect(result.load.kills, report).toBeGreaterThan(0);
  expect(result.otlp.refused + result.otlp.hung + result.otlp.reset, report).toBeGreaterThan(0);
  // Nor had no duplicate met a message that was done, or one that was running.
  const once = result.accounts.filter(({ message }) => message.idempotent);
  expect(
    once.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    report,
  ).toBeGreaterThan(0);
  expect(result.tally.putBack, report).toBeGreaterThan(0);
  // A plain task does run again: without its record an idempotent one would, too.
  const plain = result.accounts.filter(({ message }) => !message.idempotent);
  expect(plain.filter(({ completions }) => completions > 1).length, report).toBeGreaterThan(
    once.filter(({ excused }) => excused > 0).length,
  );
  const causes = new Set(result.accounts.map(({ cause }) => cause));
  expect(causes, report).toEqual(
    new Set([
      undefined,
      'NonRetryableError',
      'SoakFailure',
      'timeout',
      'moved by SQS after 3 receives',
    ]),
  );
});
