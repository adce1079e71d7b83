import { expect, test } from 'vitest';
import type { RunDetail } from '../../../cli/console/console-api.ts';
import { settings } from '../fake-console.ts';
import { deadLetter, flakyRun, queueCard, run, span, taskRow } from '../fixtures.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();
const ATTACK = `<img src=x onerror="globalThis.attacked = true"><script>attacked = true</script>`;
const NOW = Date.now();

function attackedRun(): RunDetail {
  const error = { type: ATTACK, message: ATTACK, stack: ATTACK };
  return flakyRun(NOW, {
    task: ATTACK,
    queue: ATTACK,
    error,
    attemptList: [{ attempt: 1, outcome: 'retry', error, functionName: ATTACK }],
    logs: [{ time: NOW, level: 'info', message: ATTACK, attributes: { [ATTACK]: ATTACK } }],
    trace: {
      traceId: 'x',
      waits: [],
      spans: [
        span('a', {
          name: ATTACK,
          service: ATTACK,
          status: 'error',
          statusMessage: ATTACK,
          attributes: { [ATTACK]: { deep: [ATTACK] } },
          events: [{ name: ATTACK, time: NOW, attributes: { [ATTACK]: ATTACK } }],
        }),
      ],
    },
  });
}

test.each([
  ['#/', 'Overview'],
  ['#/tasks', 'Tasks'],
  ['#/runs', 'Runs'],
  ['#/runs/x', 'Attempts'],
  ['#/dead-letters', 'Dead letters'],
  ['#/enqueue', 'Samples'],
])('markup from tasks and producers is text on %s', async (hash, ready) => {
  const fake = await browser.fake({
    'GET overview': () => ({
      at: NOW,
      error: ATTACK,
      queues: [queueCard(ATTACK, NOW, { sqsName: ATTACK, error: ATTACK })],
    }),
    'GET tasks': () => ({ at: NOW, tasks: [taskRow(ATTACK, { queue: ATTACK })] }),
    'GET runs': () => ({
      runs: [run(0, NOW, { id: ATTACK, task: ATTACK, error: { type: ATTACK, message: ATTACK } })],
    }),
    'GET runs/{}': attackedRun,
    'GET dead-letters/{}': () => ({
      queue: ATTACK,
      dlq: ATTACK,
      total: 1,
      more: false,
      letters: [deadLetter(0, NOW, { task: ATTACK, error: { type: ATTACK, message: ATTACK } })],
    }),
    'GET contracts': () => ({
      contracts: [
        {
          task: ATTACK,
          queue: ATTACK,
          fifo: false,
          http: true,
          maxAttempts: 1,
          timeoutSeconds: 1,
          schema: {
            type: 'object',
            properties: { [ATTACK]: { type: 'string', title: ATTACK, description: ATTACK } },
          },
          samples: [{ name: ATTACK, payload: { [ATTACK]: ATTACK } }],
        },
      ],
    }),
  });
  const page = await browser.open(`${fake.url}/${hash}`);
  await page.getByText(ready).first().waitFor();
  await page.locator('main').getByText(ATTACK).first().waitFor({ state: 'attached' });
  const option = page.getByRole('option').first();
  if (hash === '#/runs/x') await option.click();
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.evaluate(() => 'attacked' in globalThis)).toBe(false);
});

test('an address from the settings that is no page of the web is no link', async () => {
  const address = 'javascript:globalThis.attacked=true';
  const fake = await browser.fake({
    'GET runs/{}': () => flakyRun(NOW),
    'GET settings': () => ({ ...settings, traceUrl: address, telemetryUrl: address }),
  });
  const page = await browser.open(`${fake.url}/#/runs/x`);
  await page.getByText('version 0.1.0').waitFor();
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
});
