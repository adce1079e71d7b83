import { expect, test } from 'vitest';
import { runId } from '../fixtures.ts';
import { richRoutes } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();

test('/ goes to the search, which leads to a run by its id; Esc leaves it', async () => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/`);
  const search = page.getByRole('combobox', { name: /^Find/ });
  await search.waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('pay');
  await page.getByRole('option', { name: 'process_payment' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await search.inputValue()).toBe('');
  expect(await page.locator(':focus').count()).toBe(0);
  await page.keyboard.press('/');
  await page.keyboard.type(runId(5));
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/#/runs/${runId(5)}`);
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
});

test('a row of a table is opened by Enter', async () => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/#/tasks`);
  await page.getByRole('link', { name: 'process_payment' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Recent runs' }).waitFor();
  expect(page.url()).toContain('#/tasks/process_payment');
});

test('the lines of a trace are chosen by the arrows, and let go by Esc', async () => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/#/runs/${runId(0)}`);
  const lines = page.getByRole('listbox', { name: 'Spans and waits of the trace' });
  await lines.focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  const details = page.getByRole('region', { name: /^Details of process/ });
  await details.getByText('exception.stacktrace').waitFor();
  const active = await lines.getAttribute('aria-activedescendant');
  expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
});

test('the colours are chosen, and kept for the next visit', async () => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/`, { theme: 'light' });
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.getByRole('button', { name: /Change to light/ }).click();
  await page.getByRole('button', { name: /Change to dark/ }).click();
  await page.getByRole('button', { name: /Colours: dark/ }).waitFor();
  expect(await background()).not.toBe(light);
  const dark = await background();
  await page.reload();
  await page.getByRole('button', { name: /Colours: dark/ }).waitFor();
  expect(await background()).toBe(dark);
});
