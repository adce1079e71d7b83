import { expect, test } from 'vitest';
import { useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const plan = (key: string, answers?: string[]) =>
  oneuptime.leadline('plan', {
    environment: { ONEUPTIME_API_KEY: key },
    ...(answers && { answers }),
  });

test('is asked for, hidden, where it is not set', async () => {
  const { code, questions, all } = await plan('', [oneuptime.standIn.apiKey]);
  expect(code).toBe(0);
  expect(questions).toEqual(['hidden: API key (OneUptime: Project Settings, API Keys): ']);
  expect(all).not.toContain(oneuptime.standIn.apiKey);
});

test('is not asked for without a terminal', async () => {
  const { code, err } = await plan('');
  expect(code).toBe(2);
  expect(err).toContain('ONEUPTIME_API_KEY is not set');
});

test('is no argument', async () => {
  for (const args of [`plan --api-key ${oneuptime.standIn.apiKey}`, 'plan a-key']) {
    const { code } = await oneuptime.leadline(args);
    expect(code).toBe(2);
  }
  expect(oneuptime.standIn.requests).toEqual([]);
});

test('a newline around it is left out; one that cannot be sent is not quoted', async () => {
  expect((await plan(`${oneuptime.standIn.apiKey}\n`)).code).toBe(0);
  const { code, all } = await plan('half of a\nkey-4711');
  expect(code).toBe(2);
  expect(all).toContain('Copy it again');
  expect(all).not.toContain('4711');
});

test('is not sent on by a redirect, nor shown where that quotes it', async () => {
  const location = `https://elsewhere.example/?key=${oneuptime.standIn.apiKey}`;
  oneuptime.standIn.fail({ method: 'POST', path: /dashboard/, status: 302, headers: { location } });
  const { code, all } = await plan(oneuptime.standIn.apiKey);
  expect(code).toBe(1);
  expect(all).toContain('redirects to https://elsewhere.example/?key=***');
});

test('what a server says cannot steer the terminal', async () => {
  const message = 'no\u001b[2J\u001b]0;title\u0007';
  oneuptime.standIn.fail({ method: 'POST', path: /dashboard/, status: 400, message });
  const { err } = await plan(oneuptime.standIn.apiKey);
  expect(err).toContain('no [2J ]0;title');
  expect(err).not.toContain('\u001b');
});
