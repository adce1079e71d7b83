import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { freshenConsole } from '../../../local/freshen-console.ts';
import { repository } from '../../support/repository.ts';
import { startTestStack, type TestStack, untilEmpty } from '../../support/test-stack.ts';
import { QUEUE } from '../../support/test-stack-description.ts';
import { findFaults } from './find-faults.ts';
import { useBrowser } from './use-browser.ts';

/** The page on the running one-machine stack: nothing of it is faked. */
const browser = useBrowser();

let stack: TestStack;
beforeAll(async () => {
  await freshenConsole(repository);
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

test('a task is enqueued from its form, and its run is watched until it completes', async () => {
  const page = await browser.open(`${stack.url}/#/enqueue/process_order`);
  await page.getByLabel('order_id').fill('o-from-the-console');
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  const sent = page.getByRole('region', { name: 'What was sent' });
  await sent.getByText('Completed').first().waitFor();
  await sent.getByRole('option', { name: /Worker: fetch_order/ }).waitFor();
  await sent.getByText('order processed').waitFor();
  expect(await sent.getByText('Attempt 1', { exact: true }).count()).toBe(1);
});

test('what its schema refuses is shown at the field, and nothing is sent', async () => {
  // As in npm start: another test tool here has loaded a language, and there nothing does.
  z.config({ localeError: () => undefined });
  const page = await browser.open(`${stack.url}/#/enqueue/process_payment`);
  await page.getByLabel('amount').fill('-1');
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  const amount = page.getByLabel('amount');
  await page.getByRole('alert').waitFor();
  expect(await amount.getAttribute('aria-invalid')).toBe('true');
  const describedBy = await amount.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${describedBy}"]`).textContent()).toBe(
    'Has to be greater than 0.',
  );
  await page.getByLabel('payment_id').fill('');
  await page.getByLabel('amount').fill('ten');
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  await page.getByText('Must not be empty.').waitFor();
  await page.getByText('Has to be a number.').waitFor();
  await page.getByLabel('amount').fill('');
  await page.getByRole('button', { name: 'Enqueue', exact: true }).click();
  await page.getByText('Required: a number.').waitFor();
  expect(await page.getByText('Nothing sent yet').isVisible()).toBe(true);
});

test('a flaky payment shows three attempts, and a waterfall with its waits', async () => {
  const { body } = await stack.post('process_payment', { payment_id: 'flaky-1', amount: 10 });
  const page = await browser.open(`${stack.url}/#/runs/${body.id}`);
  const attempts = page.getByRole('region', { name: 'Attempts' });
  await attempts.getByText('Attempt 3').waitFor({ timeout: 60_000 });
  await attempts.getByText('Completed').waitFor();
  expect(await attempts.getByText('Failed, retried').count()).toBe(2);
  await attempts.getByText('The gateway did not answer in attempt 2.').first().waitFor();
  expect(await attempts.getByText('again after').count()).toBe(2);
  const lines = page.getByRole('listbox', { name: 'Spans and waits of the trace' });
  for (const line of [
    /^HTTP: POST/,
    /^Queue: send /,
    /^Waiting: on /,
    /^Waiting: backoff before attempt 2/,
    /^Waiting: backoff before attempt 3/,
  ]) {
    await lines.getByRole('option', { name: line }).waitFor();
  }
  expect(await lines.getByRole('option', { name: /Worker: process/ }).count()).toBe(3);
  await lines
    .getByRole('option', { name: /failed.*Worker: charge_card/ })
    .first()
    .click();
  await page.getByRole('region', { name: 'Details of charge_card' }).getByText('Failed').waitFor();
  expect(await findFaults(page)).toEqual([]);
});

test('when the workers are stopped the depth climbs, and falls when they are back', async () => {
  const page = await browser.open(`${stack.url}/`);
  const mapping = stack.eventSourceMappings.get(QUEUE);
  await untilEmpty(stack, 60_000);
  await mapping?.disable();
  try {
    const card = page.locator('.queue-card').first();
    await card.locator('.badge').getByText('Workers stopped').waitFor();
    for (let index = 0; index < 7; index += 1) {
      await stack.post('process_order', { order_id: `waits-${index}` });
    }
    await card.locator('.depth-now').getByText('7').waitFor();
    await expect.poll(() => card.getByRole('img').getAttribute('aria-label')).toContain(': 7 now');
    mapping?.enable();
    await card.locator('.depth-now').getByText('0').waitFor();
    await card.getByText('Idle').waitFor();
  } finally {
    mapping?.enable();
  }
});

test('a dead letter is seen with its error, and redriven', async () => {
  const { body } = await stack.post('process_payment', { payment_id: 'declined-1', amount: 10 });
  const page = await browser.open(`${stack.url}/#/runs/${body.id}`);
  await page.locator('.run-state').getByText('Dead').waitFor();
  await page.getByRole('link', { name: /^Dead letters/ }).click();
  const letter = page.getByRole('checkbox', { name: `Select process_payment ${body.id}` });
  await letter.waitFor();
  await page.getByText('The card of payment declined-1 was declined.').waitFor();
  await letter.check();
  await page.getByRole('button', { name: 'Redrive selected (1)' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive 1 message' }).click();
  await page.getByRole('status').getByText('1 message sent back').waitFor();
  // It was tried again.
  const attempts = await stack.telemetry.waitFor(
    (telemetry) => {
      const spans = telemetry.trace(body.trace_id).filter(({ kind }) => kind === 'CONSUMER');
      return spans.length > 1 && spans;
    },
    { describe: 'the second attempt of the redriven payment' },
  );
  expect(attempts.map(({ attributes }) => attributes['task.outcome'])).toEqual(['dead', 'dead']);
});
