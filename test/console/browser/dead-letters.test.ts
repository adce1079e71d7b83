import { expect, test } from 'vitest';
import { Problem, type Route } from '../fake-console.ts';
import { deadLetter, overview, queueCard } from '../fixtures.ts';
import { richRoutes } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();
const NOW = Date.now();

async function openLetters(more: Record<string, Route> = {}) {
  const fake = await browser.fake({ ...richRoutes(NOW), ...more });
  const page = await browser.open(`${fake.url}/#/dead-letters/default`);
  await page.getByText('NonRetryableError').first().waitFor();
  return page;
}

test('the selected ones are redriven, after a question that names the queue and their number', async () => {
  const bodies: unknown[] = [];
  const page = await openLetters({
    'POST dead-letters/{}/redrive': ({ body }) => {
      bodies.push(body);
      return { redriven: 1, failed: [{ messageId: 'm-2', message: 'It was gone.' }] };
    },
  });
  const boxes = page.getByRole('checkbox', { name: /^Select process_payment/ });
  await boxes.nth(0).check();
  await boxes.nth(2).check();
  await page.getByRole('button', { name: 'Redrive selected (2)' }).click();
  const dialog = page.getByRole('dialog', { name: 'Redrive 2 messages to default?' });
  await dialog.getByRole('button', { name: 'Redrive 2 messages' }).click();
  await page.getByRole('status').getByText('1 message stayed: It was gone.').waitFor();
  expect(bodies).toEqual([{ ids: ['m-0', 'm-2'] }]);
  expect(await boxes.nth(0).isChecked()).toBe(false);
});

test('a purge is confirmed by the name of the queue, and Esc does nothing', async () => {
  const bodies: unknown[] = [];
  const page = await openLetters({
    'POST dead-letters/{}/purge': ({ body }) => {
      bodies.push(body);
      return { purged: 3 };
    },
  });
  await page.getByRole('button', { name: 'Purge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Purge 3 messages of default?' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Purge' }).click();
  const purge = dialog.getByRole('button', { name: 'Purge 3 messages' });
  expect(await purge.isDisabled()).toBe(true);
  await dialog.getByLabel('Type default to confirm').fill('default');
  await purge.click();
  await page.getByRole('status').getByText('3 messages of default purged.').waitFor();
  expect(bodies).toEqual([{ confirm: 'default' }]);
});

test('what AWS refuses is said in the dialog, which stays', async () => {
  const page = await openLetters({
    'POST dead-letters/{}/redrive': () => {
      throw new Problem(502, { code: 'access_denied', message: 'sqs:SendMessage is not allowed.' });
    },
  });
  await page.getByRole('button', { name: 'Redrive all' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Redrive 3 messages' }).click();
  await dialog.getByRole('alert').getByText('sqs:SendMessage is not allowed.').waitFor();
  expect(await dialog.isVisible()).toBe(true);
});

test('a payload is not asked for before somebody wants to see it', async () => {
  const asked: (string | null)[] = [];
  const page = await openLetters({
    'GET dead-letters/{}': ({ parts: [queue], query }) => {
      const wanted = query.get('payload');
      asked.push(wanted);
      const letter = deadLetter(0, NOW, wanted ? { payload: { card: '4000 0000' } } : {});
      return { queue, dlq: 'dlq', total: 1, more: false, letters: [letter] };
    },
  });
  expect(await page.getByText('4000 0000').count()).toBe(0);
  await page.locator('summary').click();
  await page.getByText('4000 0000').waitFor();
  expect(asked).toContain('m-0');
});

test('what became of a redrive stays in sight when the queue has become empty', async () => {
  const fake = await browser.fake({
    ...richRoutes(NOW),
    'POST dead-letters/{}/redrive': () => ({ redriven: 3, failed: [] }),
  });
  const page = await browser.open(`${fake.url}/#/dead-letters`);
  await page.getByRole('button', { name: 'Redrive all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive 3 messages' }).click();
  const result = page.getByRole('status').getByText('3 messages sent back to default.');
  await result.waitFor();
  const queues = overview(NOW).queues.map(({ history: _, ...each }) => ({
    ...each,
    dead: each.name === 'low' ? 2 : 0,
  }));
  fake.send('overview', { at: NOW + 1_000, queues });
  await page.getByRole('link', { name: /^low/ }).getByText('2').waitFor();
  expect(await result.isVisible()).toBe(true);
});

test('why the queues cannot be read is said, and not that they have no dead-letter queue', async () => {
  const { dlq: _, ...unread } = queueCard('default', NOW, { readAt: 0, error: 'AccessDenied.' });
  const fake = await browser.fake({ 'GET overview': () => ({ at: NOW, queues: [unread] }) });
  const page = await browser.open(`${fake.url}/#/dead-letters`);
  await page.getByRole('alert').getByText('default: AccessDenied.').waitFor();
  expect(await page.getByText('No queue has').count()).toBe(0);
  fake.send('overview', { at: NOW + 1_000, queues: [], error: 'SQS did not answer.' });
  await page.getByRole('alert').getByText('SQS did not answer.').waitFor();
  expect(await page.getByText('No queue has').count()).toBe(0);
});

test('however often their number changes, the letters are read again every 5 s at most', async () => {
  const times: number[] = [];
  const fake = await browser.fake({
    ...richRoutes(NOW),
    'GET dead-letters/{}': ({ parts: [queue] }) => {
      times.push(Date.now());
      const letters = [deadLetter(times.length, NOW)];
      return { queue, dlq: 'dlq', total: 1, more: false, letters };
    },
  });
  const page = await browser.open(`${fake.url}/#/dead-letters/default`);
  const letter = (index: number) => page.getByText(`declined-${index} was declined`);
  await letter(1).waitFor();
  for (let dead = 4; dead < 12; dead += 1) {
    const queues = overview(NOW).queues.map(({ history: _, ...each }) => ({ ...each, dead }));
    fake.send('overview', { at: NOW + dead, queues });
    await page
      .getByRole('link', { name: /^default/ })
      .getByText(String(dead))
      .waitFor();
  }
  await letter(2).waitFor();
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(4_500);
});
