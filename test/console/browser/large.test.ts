import { expect, test } from 'vitest';
import { flakyRun, largeTrace, runId, runs } from '../fixtures.ts';
import { pageOf } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();
const NOW = Date.now();

test('of 10,000 runs those in sight are in the document, down to the last one', async () => {
  const all = runs(10_000, NOW);
  const fake = await browser.fake({ 'GET runs': ({ query }) => pageOf(all, query) });
  const page = await browser.open(`${fake.url}/#/runs`);
  await page.getByRole('link', { name: `Run ${runId(0)}` }).waitFor();
  const last = page.getByRole('link', { name: `Run ${runId(9_999)}` });
  const scrollDown = async () => {
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    return last.count();
  };
  await expect.poll(scrollDown, { timeout: 60_000 }).toBe(1);
  expect(await page.locator('tbody tr').count()).toBeLessThan(80);
  expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('10001');
});

test('of 1,000 spans those in sight are in the document, and all of them in the table', async () => {
  const fake = await browser.fake({
    'GET runs/{}': () => flakyRun(NOW, { trace: largeTrace(1_000, NOW) }),
  });
  const page = await browser.open(`${fake.url}/#/runs/x`);
  const lines = page.getByRole('listbox', { name: 'Spans and waits of the trace' });
  await lines.focus();
  await page.keyboard.press('End');
  const last = lines.locator('[aria-posinset="1000"]');
  await last.waitFor();
  expect(await last.getAttribute('aria-selected')).toBe('true');
  expect(await lines.getByRole('option').count()).toBeLessThan(80);
  await page.getByRole('button', { name: 'As a table' }).click();
  const table = page.getByRole('region', { name: 'Trace as a table' });
  await table.waitFor();
  expect(await table.locator('tbody tr').count()).toBe(1_000);
});
