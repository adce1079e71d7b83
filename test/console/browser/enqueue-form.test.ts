import { expect, test } from 'vitest';
import { Problem, type Route } from '../fake-console.ts';
import { runId } from '../fixtures.ts';
import { richRoutes } from '../rich-routes.ts';
import { useBrowser } from './use-browser.ts';

const browser = useBrowser();

async function openForm(enqueue: Route, hash = '#/enqueue') {
  const fake = await browser.fake({ ...richRoutes(Date.now()), 'POST enqueue': enqueue });
  const page = await browser.open(`${fake.url}/${hash}`);
  await page.getByRole('form', { name: 'Task to enqueue' }).waitFor();
  return { page, send: page.getByRole('button', { name: 'Enqueue', exact: true }) };
}

const accepted = { id: runId(0), task: 'process_payment', queue: 'default' };

test('what is filled in is sent, by the types of the schema, and what is left empty is not', async () => {
  const bodies: unknown[] = [];
  const { page, send } = await openForm(({ body }) => {
    bodies.push(body);
    return accepted;
  });
  await page.getByLabel('payment_id').fill('p-7');
  await page.getByLabel('amount').fill('12.50');
  await page.getByLabel('method').selectOption('transfer');
  await page.getByLabel('express').check();
  await page.getByRole('button', { name: 'Add items' }).click();
  await page.getByLabel('name', { exact: true }).fill('rope');
  await send.click();
  await page.getByRole('link', { name: `Run ${runId(0)}` }).waitFor();
  expect(bodies).toEqual([
    {
      task: 'process_payment',
      payload: {
        payment_id: 'p-7',
        amount: 12.5,
        method: 'transfer',
        express: true,
        items: [{ name: 'rope' }],
      },
    },
  ]);
});

test('a problem stands at its field, and one of no field above the button', async () => {
  const { page, send } = await openForm(() => {
    throw new Problem(422, {
      code: 'invalid_payload',
      message: 'The payload does not fit its schema.',
      issues: [
        { path: 'amount', message: 'Too small: expected a number above 0' },
        { path: '', message: 'One of two has to be there' },
      ],
    });
  });
  await page.getByLabel('amount').fill('-1');
  await send.click();
  const amount = page.getByLabel('amount');
  await page.getByText('Too small: expected a number above 0').waitFor();
  expect(await amount.getAttribute('aria-invalid')).toBe('true');
  const describedBy = await amount.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${describedBy}"]`).textContent()).toContain('Too small');
  const alert = await page.getByRole('alert').textContent();
  expect(alert).toContain('One of two has to be there');
  expect(alert).not.toContain('Too small');
});

test('a payload without a schema is edited as JSON, which has to be some', async () => {
  const bodies: unknown[] = [];
  const { page, send } = await openForm(({ body }) => {
    bodies.push(body);
    return accepted;
  }, '#/enqueue/send_invoice');
  const json = page.getByRole('textbox', { name: 'JSON' });
  expect(JSON.parse(await json.inputValue())).toEqual({ invoice_id: 'i-1' });
  await json.fill('{"invoice_id":');
  await page.getByText(/^Not JSON/).waitFor();
  await send.click();
  expect(bodies).toEqual([]);
  await json.fill('{"invoice_id":"i-2"}');
  await page.getByLabel('Message group').fill('customer-7');
  await send.click();
  await page.getByRole('link', { name: `Run ${runId(0)}` }).waitFor();
  expect(bodies).toEqual([
    { task: 'send_invoice', payload: { invoice_id: 'i-2' }, groupId: 'customer-7' },
  ]);
});

test('a sample fills the form and the JSON alike', async () => {
  const { page } = await openForm(() => accepted);
  await page.getByRole('button', { name: 'declined' }).click();
  expect(await page.getByLabel('payment_id').inputValue()).toBe('declined-1');
  await page.getByRole('button', { name: 'Edit as JSON' }).click();
  const json = page.getByRole('textbox', { name: 'JSON' });
  await json.fill('{');
  await page.getByRole('button', { name: 'flaky' }).click();
  expect(JSON.parse(await json.inputValue())).toEqual({ payment_id: 'flaky-1', amount: 10 });
});
