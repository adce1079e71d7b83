import { expect, test } from 'vitest';
import { Problem } from '../fake-console.ts';
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
  ['Dead letters', '#/dead-letters', 'NonRetryableError'],
  ['Enqueue', '#/enqueue', 'payment_id'],
];

test.each(pages)(
  '%s is accessible and fits, from narrow to wide, light and dark',
  async (...given) => {
    const [, hash, ready] = given;
    const fake = await browser.fake(richRoutes(Date.now()));
    const page = await browser.open(`${fake.url}/${hash}`, { width: 360 });
    for (const width of [360, 861, 1_200, 1_600]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.locator('main').getByText(ready).first().waitFor();
        expect(await findFaults(page), `${width} px, ${colorScheme}`).toEqual([]);
      }
      const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(needed).toBeLessThanOrEqual(width);
    }
  },
);

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
  fake.answer({
    'POST enqueue': () => {
      const issues = ['amount', 'items', ''].map((path) => ({ path, message: 'Invalid input' }));
      throw new Problem(422, { code: 'invalid_payload', message: 'It does not fit.', issues });
    },
  });
  await page.goto(`${fake.url}/#/enqueue`);
  await page.getByLabel('amount').fill('-1');
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  await page.getByRole('alert').getByText('It does not fit.').waitFor();
  expect(await page.getByLabel('amount').getAttribute('aria-invalid')).toBe('true');
  expect(await findFaults(page)).toEqual([]);
});

test.each([1_081, 1_200, 1_320])('the error of a run has room at %i px', async (width) => {
  const fake = await browser.fake(richRoutes(Date.now()));
  const page = await browser.open(`${fake.url}/#/runs`, { width });
  const failed = page.getByRole('row').filter({ hasText: 'NonRetryableError' }).first();
  await failed.waitFor();
  const [row, error, last] = await Promise.all([
    failed.boundingBox(),
    failed.locator('.cell-error').boundingBox(),
    failed.locator('.cell-time').boundingBox(),
  ]);
  expect(error?.width).toBeGreaterThan(100);
  // The line below a row goes to its end.
  const end = (box: typeof row) => Math.round((box?.x ?? 0) + (box?.width ?? 0));
  expect(end(last)).toBe(end(row));
});
