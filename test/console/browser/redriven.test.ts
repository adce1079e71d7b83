import { expect, test } from 'vitest';
import type { WaitSegment } from '../../../cli/console/console-api.ts';
import { flakyRun, flakyTrace, runId } from '../fixtures.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();
const NOW = Date.now();

/** Died in its first attempt, was redriven, and came through in the first attempt after that. */
function redrivenRun(kind: string) {
  const trace = flakyTrace(NOW);
  const [first, , last] = flakyRun(NOW).attemptList;
  const [wait, , redriven] = trace.waits;
  return flakyRun(NOW, {
    attempts: 1,
    waitMs: 18,
    attemptList: [
      { ...first, attempt: 1, outcome: 'dead' as const, spanId: 'process-1' },
      { ...last, attempt: 1, outcome: 'completed' as const, spanId: 'process-3' },
    ],
    trace: {
      ...trace,
      waits: [wait, { ...redriven, attempt: 1, kind }].map((each) => each as WaitSegment),
    },
  });
}

async function openRun(kind: string) {
  const fake = await browser.fake({ 'GET runs/{}': () => redrivenRun(kind) });
  const page = await browser.open(`${fake.url}/#/runs/${runId(0)}`);
  const attempts = page.getByRole('region', { name: 'Attempts' });
  await attempts.getByText('Attempt 1').first().waitFor();
  return { page, attempts, lines: page.getByRole('listbox') };
}

test('a redriven run has both its first attempts, and the time in the dead-letter queue', async () => {
  const { attempts, page, lines } = await openRun('redriven');
  expect(await attempts.getByText('Attempt 1', { exact: true }).count()).toBe(2);
  await attempts.getByText('redriven after 6.73 s').waitFor();
  expect(await attempts.getByText('again after').count()).toBe(0);
  await lines.getByText(/^in the dead-letter queue, redriven after 6\.\d+ s$/).click();
  await page.getByText('lay in the dead-letter queue of default').waitFor();
  expect(await page.getByText(/attempt 0|before attempt 1/i).count()).toBe(0);
});

test('the wait before the first attempt is the same in the head and in the list', async () => {
  const { page, attempts } = await openRun('redriven');
  const waited = page.getByText('Waited', { exact: true }).locator('..');
  expect(await waited.textContent()).toContain('18 ms');
  await attempts.getByText('waited 18 ms').waitFor();
});

test('a wait of a kind that the page does not know is a plain one', async () => {
  const { lines } = await openRun('of-a-later-version');
  expect(await lines.getByText('on default').count()).toBe(2);
});
