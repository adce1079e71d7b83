import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { AttributeJson } from '../../../cli/console/console-api.ts';
import { readJsonSchema } from '../../../cli/console/contracts/json-schema.ts';
import { answerError } from '../../../cli/console/http/answer-error.ts';
import { explainProblem } from '../../../cli/console/page/enqueue/explain-problem.ts';
import { processPayment } from '../../../functions/tasks/process-payment.ts';
import { defineTask } from '../../../lib/index.ts';
import { validatePayload } from '../../../lib/task/validate-payload.ts';
import { repository } from '../../support/repository.ts';

const payload = z.object({
  id: z.string().check(z.minLength(1)),
  code: z.optional(z.string().check(z.minLength(3), z.maxLength(5))),
  mail: z.optional(z.email()),
  amount: z.optional(z.number().check(z.positive())),
  share: z.optional(z.number().check(z.gte(0), z.lt(1))),
  pieces: z.optional(z.int().check(z.lte(9))),
  method: z.optional(z.enum(['card', 'transfer'])),
  express: z.optional(z.boolean()),
  items: z.optional(z.array(z.object({ name: z.string() })).check(z.maxLength(2))),
});
const task = defineTask({ name: 'ship', queue: 'default', payload });

/** What the form says of a payload that the schema, which says nothing, refuses. */
async function problemsOf(given: Record<string, AttributeJson>): Promise<Record<string, string>> {
  const schema = await readJsonSchema(task, repository);
  const error = await validatePayload(task, given).catch((refusal: unknown) => refusal);
  const issues = answerError(error).problem.error.issues ?? [];
  expect(new Set(issues.map(({ message }) => message))).toEqual(new Set(['Invalid input']));
  return Object.fromEntries(
    issues.map((issue) => [issue.path, explainProblem(issue, schema, given)]),
  );
}

test.each<[Record<string, AttributeJson>, Record<string, string>]>([
  [{}, { id: 'Required: a text.' }],
  [{ id: '' }, { id: 'Must not be empty.' }],
  [{ id: 7 }, { id: 'Has to be a text.' }],
  [{ id: 'a', code: 'ab' }, { code: 'Needs at least 3 characters, and has 2.' }],
  [{ id: 'a', code: 'abcdef' }, { code: 'May have 5 characters at most, and has 6.' }],
  [{ id: 'a', mail: 'nobody' }, { mail: 'Has to be of the format email.' }],
  [{ id: 'a', amount: 0 }, { amount: 'Has to be greater than 0.' }],
  [{ id: 'a', amount: 'ten' }, { amount: 'Has to be a number.' }],
  [
    { id: 'a', share: 1, pieces: 1.5 },
    { share: 'Has to be less than 1.', pieces: 'Has to be a whole number.' },
  ],
  [
    { id: 'a', share: -1, pieces: 10 },
    { share: 'Has to be at least 0.', pieces: 'Has to be at most 9.' },
  ],
  [{ id: 'a', method: 'cash' }, { method: 'Has to be one of card, transfer.' }],
  [{ id: 'a', express: 'yes' }, { express: 'Has to be true or false.' }],
  [{ id: 'a', items: [{ name: 'x' }, {}] }, { 'items[1].name': 'Required: a text.' }],
  [
    { id: 'a', items: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] },
    { items: 'Takes 2 at most.' },
  ],
])('of %j it says what is asked for', async (given, problems) => {
  expect(await problemsOf(given)).toEqual(problems);
});

test('the sample tasks say what they ask for', async () => {
  const given = { payment_id: '', amount: 0 };
  const schema = await readJsonSchema(processPayment, repository);
  const error = await validatePayload(processPayment, given).catch((refusal: unknown) => refusal);
  const issues = answerError(error).problem.error.issues ?? [];
  expect(issues.map((issue) => explainProblem(issue, schema, given))).toEqual([
    'Must not be empty.',
    'Has to be greater than 0.',
  ]);
});

describe('what has words of its own, or cannot be found, keeps its words', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  test.each([
    ['a', 'Too long: 7 of 5'],
    ['nowhere.below', 'Invalid input'],
    ['toString', 'Invalid input'],
  ])('%s: %s', (path, message) => {
    expect(explainProblem({ path, message }, schema, { a: 'x' })).toBe(message);
  });
  test('without a schema', () => {
    expect(explainProblem({ path: 'a', message: 'Invalid input' }, undefined, {})).toBe(
      'Invalid input',
    );
  });
});
