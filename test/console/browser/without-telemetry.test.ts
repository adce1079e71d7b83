import { expect, test } from 'vitest';
import { settings } from '../fake-console.ts';
import { runId } from '../fixtures.ts';
import { richRoutes } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

/** Against AWS: queues and dead letters are known, tasks and traces are in OneUptime. */
const browser = useBrowser();
const NOW = Date.now();
const telemetryUrl = 'https://oneuptime.example/dashboard';

const routes = {
  ...richRoutes(NOW),
  'GET settings': () => ({
    ...settings,
    source: 'aws',
    telemetry: false,
    telemetryUrl,
    traceUrl: 'https://oneuptime.example/traces/{traceId}',
  }),
  'GET tasks': () => ({ at: NOW, tasks: [] }),
  'POST enqueue': () => ({
    id: runId(0),
    task: 'process_payment',
    queue: 'default',
    traceId: 'abc',
  }),
};

test.each(['#/tasks', '#/runs', '#/tasks/process_payment', `#/runs/${runId(0)}`])(
  '%s says where the telemetry is',
  async (hash) => {
    const fake = await browser.fake(routes);
    const page = await browser.open(`${fake.url}/${hash}`);
    const link = page.locator('main').getByRole('link', { name: 'Look at the telemetry' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(telemetryUrl);
  },
);

test('a dead letter leads to its trace, and to no run', async () => {
  const fake = await browser.fake(routes);
  const page = await browser.open(`${fake.url}/#/dead-letters`);
  const trace = page.getByRole('link', { name: /^Trace 7bfdb34c/ }).first();
  await trace.waitFor();
  expect(await trace.getAttribute('href')).toMatch(
    /^https:\/\/oneuptime.example\/traces\/7bfdb34c/,
  );
  expect(await page.locator('main a[href^="#/runs/"]').count()).toBe(0);
});

test('what was sent is said, with its trace', async () => {
  const fake = await browser.fake(routes);
  const page = await browser.open(`${fake.url}/#/enqueue`);
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  await page.getByText('process_payment was sent to default').waitFor();
  const trace = page.getByRole('link', { name: 'Trace abc, in a new tab' });
  expect(await trace.getAttribute('href')).toBe('https://oneuptime.example/traces/abc');
});
