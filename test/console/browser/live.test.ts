import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { contracts, overview, queueCard, run, runId, runs, taskRow } from '../fixtures.ts';
import { pageOf } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();
const NOW = Date.now();

test('figures change as events come, without moving anything', async () => {
  const fake = await browser.fake({ 'GET overview': () => overview(NOW) });
  const page = await browser.open(`${fake.url}/`);
  const card = page.getByRole('region', { name: 'low' });
  await card.getByText('2,340').waitFor();
  const before = await card.boundingBox();
  const low = overview(NOW).queues.find(({ name }) => name === 'low');
  const { history: _, ...figures } = low ?? queueCard('low', NOW);
  fake.send('overview', {
    at: NOW + 1_000,
    queues: [{ ...figures, depth: 2_355, point: [NOW + 1_000, 2_355, 0, 0] }],
  });
  await card.getByText('2,355').waitFor();
  const label = await card.getByRole('img').getAttribute('aria-label');
  expect(label).toContain('2,355 now');
  const after = await card.boundingBox();
  expect([after?.height, after?.width]).toEqual([before?.height, before?.width]);
});

test('a new run appears in the list, and changes there', async () => {
  const fake = await browser.fake({});
  const page = await browser.open(`${fake.url}/#/runs`);
  await page.getByText('No runs here yet').waitFor();
  fake.send('runs', { runs: [run(0, NOW, { state: 'running' })] });
  await page.getByRole('cell', { name: 'Running' }).waitFor();
  fake.send('runs', { runs: [run(0, NOW, { state: 'completed' })] });
  await page.getByRole('cell', { name: 'Completed' }).waitFor();
  expect(await page.getByRole('link', { name: /^Run / }).count()).toBe(1);
});

test('what changes while the list is asked for is in it, and it is asked for once', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fake = await browser.fake({
    'GET runs': async () => {
      await held;
      return { runs: [run(1, NOW, { state: 'running' })] };
    },
  });
  const page = await browser.open(`${fake.url}/#/runs`);
  await expect.poll(() => fake.requests).toContain('GET runs');
  const updatedAt = NOW + 1_000;
  fake.send('runs', {
    runs: [run(1, NOW, { state: 'dead', updatedAt }), run(0, NOW, { updatedAt })],
  });
  fake.send('tasks', { at: NOW, tasks: [] });
  release();
  await page.getByRole('cell', { name: 'Dead' }).waitFor();
  expect(await page.getByRole('link', { name: /^Run / }).count()).toBe(2);
  expect(fake.requests.filter((each) => each === 'GET runs')).toHaveLength(1);
});

test('rows stay where they are for whoever has scrolled down', async () => {
  const rows = Array.from({ length: 200 }, (_, index) => run(index, NOW));
  const fake = await browser.fake({ 'GET runs': () => ({ runs: rows }) });
  const page = await browser.open(`${fake.url}/#/runs`);
  await page.getByRole('cell', { name: 'Completed' }).first().waitFor();
  await page.mouse.wheel(0, 3_000);
  const row = page.getByRole('link', { name: `Run ${rows[60]?.id}` });
  await row.waitFor();
  await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(2_900);
  const before = await row.boundingBox();
  const height = await heightOf(page);
  fake.send('runs', {
    runs: [run(777, NOW, { enqueuedAt: NOW }), run(778, NOW, { enqueuedAt: NOW })],
  });
  await expect.poll(() => heightOf(page)).toBeGreaterThan(height);
  expect((await row.boundingBox())?.y).toBe(before?.y);
});

test('a broken stream is said, and everything is asked for again when it is back', async () => {
  const fake = await browser.fake({ 'GET overview': () => overview(NOW) });
  const page = await browser.open(`${fake.url}/`);
  await page.getByText('2,340').first().waitFor();
  fake.dropStreams({ refuse: true });
  await page.getByText('The figures are those of before').waitFor();
  await page.locator('.live').getByText('Reconnecting').waitFor();
  // The browser gives up at an answer that is no stream; the page does not.
  const streams = () => fake.requests.filter((each) => each === 'GET events').length;
  await expect.poll(streams, { timeout: 20_000 }).toBeGreaterThan(1);
  const low = queueCard('low', NOW, { depth: 17 });
  fake.answer({ 'GET overview': () => ({ at: NOW, queues: [low] }) });
  fake.dropStreams({ refuse: false });
  await page.getByRole('region', { name: 'low' }).getByText('17').waitFor();
  await page.locator('.live').getByText('Live').waitFor();
  await page.getByText('The figures are those of before').waitFor({ state: 'detached' });
  expect(fake.requests.filter((each) => each === 'GET overview').length).toBeGreaterThan(1);
});

test('what to do is said where nothing has run, and gone once something has', async () => {
  const [payment, invoice] = contracts;
  const samples = [{ name: "a carrier's", payload: { to: "O'Hare" } }];
  const fake = await browser.fake({
    'GET overview': () => overview(NOW),
    'GET contracts': () => ({ contracts: [invoice, { ...payment, task: 'ship', samples }] }),
  });
  const page = await browser.open(`${fake.url}/`);
  // Of the first task that HTTP takes, as a shell has to be given it.
  const command = page.getByText(`curl -XPOST ${fake.url}/tasks/ship -d '{"to":"O'\\''Hare"}'`);
  await command.waitFor();
  const card = await page.locator('.queue-card').first().boundingBox();
  expect((await command.boundingBox())?.y).toBeLessThan(card?.y ?? 0);
  expect(await page.getByRole('link', { name: 'Enqueue a task' }).count()).toBeGreaterThan(0);
  fake.send('tasks', { at: Date.now(), tasks: [taskRow('process_order')] });
  await page.getByText('Nothing has run yet').waitFor({ state: 'detached' });
});

test('why the queues cannot be read is said', async () => {
  const fake = await browser.fake({
    'GET overview': () => ({ at: NOW, queues: [], error: 'AccessDenied: sqs:ListQueues.' }),
  });
  const page = await browser.open(`${fake.url}/`);
  await page.getByRole('alert').getByText('AccessDenied: sqs:ListQueues.').waitFor();
  expect(await page.getByText('There is no queue yet').count()).toBe(0);
});

test('tabs that are not seen leave the connections to those that are', async () => {
  const fake = await browser.fake({ 'GET overview': () => overview(NOW) });
  const first = await browser.open(`${fake.url}/`);
  await first.locator('.live').getByText('Live').waitFor();
  // A browser opens six connections to a host.
  for (let tab = 0; tab < 8; tab += 1) {
    const next = await first.context().newPage();
    await next.goto(`${fake.url}/`);
    await next.getByText('2,340').first().waitFor();
    if (tab < 7) await setVisibility(next, 'hidden');
  }
  await setVisibility(first, 'hidden');
  const asked = fake.requests.filter((each) => each === 'GET overview').length;
  fake.answer({ 'GET overview': () => ({ at: NOW, queues: [queueCard('seen-again', NOW)] }) });
  await setVisibility(first, 'visible');
  await first.getByRole('region', { name: 'seen-again' }).waitFor();
  await first.locator('.live').getByText('Live').waitFor();
  expect(fake.requests.filter((each) => each === 'GET overview')).toHaveLength(asked + 1);
});

test('whoever has scrolled down is still there when the tab is seen again', async () => {
  const all = runs(600, NOW);
  const fake = await browser.fake({ 'GET runs': ({ query }) => pageOf(all, query) });
  const page = await browser.open(`${fake.url}/#/runs`);
  await page.getByRole('link', { name: `Run ${runId(0)}` }).waitFor();
  const deep = page.getByRole('link', { name: `Run ${runId(500)}` });
  const scrollDown = async () => {
    await page.evaluate('scrollTo(0, 500 * 48)');
    return deep.count();
  };
  await expect.poll(scrollDown).toBe(1);
  const { y } = (await deep.boundingBox()) ?? {};
  await setVisibility(page, 'hidden');
  const completed = all.map((each) => ({ ...each, task: 'changed_meanwhile' }));
  fake.answer({ 'GET runs': ({ query }) => pageOf(completed, query) });
  await setVisibility(page, 'visible');
  await page.getByRole('cell', { name: 'changed_meanwhile' }).first().waitFor();
  expect((await deep.boundingBox())?.y).toBe(y);
});

/** As the browser does when another tab is chosen: one without a window shows them all. */
function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  return page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

function heightOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollHeight');
}
