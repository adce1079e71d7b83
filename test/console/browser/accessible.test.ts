import { expect, test } from 'vitest';
import { runId } from '../fixtures.ts';
import { richRoutes } from '../rich-routes.ts';
import { findFaults } from './find-faults.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();

const pages: [name: string, hash: string, ready: string][] = [
  ['Overview', '#/', 'default'],
  ['Tasks', '#/tasks', 'process_payment'],
  ['Task', '#/tasks/process_payment', '…000000000000'],
  ['Runs', '#/runs', '…000000000000'],
  ['Run', `#/runs/${runId(0)}`, 'Logs'],
  ['Dead letters', '#/dead-letters', 'CardDeclined'],
  ['Enqueue', '#/enqueue', 'payment_id'],
];

test.each(pages)('%s is accessible and fits, narrow and wide, light and dark', async (...given) => {
  const [, hash, ready] = given;
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/${hash}`, { width: 360 });
  for (const width of [360, 1_600]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator('main').getByText(ready).first().waitFor();
      expect(await findFaults(page), `${width} px, ${colorScheme}`).toEqual([]);
    }
    const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(needed).toBeLessThanOrEqual(width);
  }
});

test('a question, a list of places and the problems of a form are accessible, too', async () => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/#/dead-letters`);
  await page.getByRole('button', { name: 'Purge' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await findFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('process');
  await page.getByRole('option').first().waitFor();
  expect(await findFaults(page)).toEqual([]);
});
