import { expect, test } from 'vitest';
import { formatReport } from '../soak/format-report.ts';
import { runSoak } from '../soak/run-soak.ts';

const MESSAGES = 300;
const TIME_MS = 80_000;

// The short form of `npm run soak`: one visibility timeout instead of several.
test('nothing is lost while workers are killed and the OTLP backend fails', {
  timeout: TIME_MS + 10_000,
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
