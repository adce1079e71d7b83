import { describe, expect, test } from 'vitest';
import { actionsOf, useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const { leadline, apply, rows, names } = oneuptime;

describe('a failure half way', () => {
  test('says which record it was and what is done, and a second apply finishes', async () => {
    oneuptime.standIn.fail({
      method: 'POST',
      path: /^\/api\/monitor$/,
      after: 3,
      times: 4,
      status: 500,
    });
    const first = await apply();
    expect(first.code).toBe(1);
    expect(first.json.applied).toHaveLength(4);
    expect(first.json.error).toMatch(/^The monitor "leadline dev: Dead letters": .*500/);
    expect(names()).toHaveLength(4);
    const second = await apply();
    expect(second.code).toBe(0);
    expect(actionsOf(second).filter((action: string) => action === 'left')).toHaveLength(4);
    expect(names()).toHaveLength(10);
    expect(new Set(names()).size).toBe(10);
  });

  test('tells a person how many are done, and to apply again', async () => {
    oneuptime.standIn.fail({
      method: 'POST',
      path: /^\/api\/monitor$/,
      status: 400,
      message: 'no',
    });
    const { code, out, err } = await leadline('apply');
    expect(code).toBe(1);
    expect(out).toContain('created  dashboard  leadline dev: Background tasks');
    expect(err).toContain('1 of 10 records are as they have to be. Apply again to finish.');
  });

  test.each([
    ['a 500', { status: 500 }],
    ['a connection that stays silent', {}],
  ])('a creation that was done but answered by %s is not done twice', async (_what, fault) => {
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/monitor$/, done: true, ...fault });
    const { code } = await apply({ patience: { timeoutMs: 200 } });
    expect(code).toBe(0);
    expect(names()).toHaveLength(10);
    expect(new Set(names()).size).toBe(10);
  });

  test('a creation that was not done and answered by a 500 is done after a pause', async () => {
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/monitor$/, status: 503 });
    const { code, pauses } = await apply();
    expect(code).toBe(0);
    expect(pauses).toEqual([500]);
    expect(names()).toHaveLength(10);
  });
});

describe('what OneUptime refuses', () => {
  test.each([
    ['apply', 401],
    ['plan', 401],
    ['destroy --yes', 401],
  ])(
    '%s with a wrong API key ends with 1, and the key is nowhere, though the server quotes it',
    async (args) => {
      const environment = { ONEUPTIME_API_KEY: 'a-wrong-key-4711' };
      const run = await leadline(args, { environment });
      expect(run.code).toBe(1);
      expect(run.err).toContain('OneUptime answered 401');
      expect(run.err).toContain('The API key *** is not valid');
      expect(run.err).toContain('Project Settings, API Keys');
      expect(run.all).not.toContain('4711');
    },
  );

  test('403 names what the key has to be allowed', async () => {
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/dashboard$/, status: 403 });
    const run = await leadline('apply');
    expect(run.code).toBe(1);
    expect(run.err).toContain('create, read, edit and delete monitors and dashboards');
  });

  test('what does not fit the free plan is said before, and ends at its limit', async () => {
    for (let index = 0; index < 3; index += 1) {
      rows('monitor').push({ _id: `other-${index}`, name: `other ${index}`, description: '' });
    }
    const plan = await leadline('plan');
    expect(plan.code).toBe(0);
    expect(plan.err).toContain(
      "12 active monitors do not fit OneUptime's free plan, which has 10: 3 are there, 9 would be created.",
    );
    const run = await apply();
    expect(run.code).toBe(1);
    expect(run.json.error).toContain('OneUptime answered 402');
    expect(run.json.applied).toHaveLength(8);
  });

  test('of what is there already, and would not fit, nothing is said', async () => {
    await apply();
    for (let index = 0; index < 3; index += 1) {
      rows('monitor').push({ _id: `other-${index}`, name: `other ${index}`, description: '' });
    }
    const { json } = await leadline('plan --json');
    expect(json.warnings).toEqual([]);
  });

  test('monitors that are switched off do not count against the plan', async () => {
    for (let index = 0; index < 3; index += 1) {
      const disableActiveMonitoring = true;
      rows('monitor').push({ _id: `off-${index}`, name: `off ${index}`, disableActiveMonitoring });
    }
    const { json } = await leadline('plan --json');
    expect(json.warnings).toEqual([]);
  });

  test('a project without statuses is told what it lacks', async () => {
    rows('monitor-status').splice(0);
    const { code, err } = await leadline('plan');
    expect(code).toBe(1);
    expect(err).toContain('lacks a monitor status that is operational');
  });
});

test.each([
  ['no', 'to POST /api/dashboard: no. The API key lacks'],
  ['No!', 'to POST /api/dashboard: No! The API key lacks'],
  ['Not you. ', 'to POST /api/dashboard: Not you. The API key lacks'],
  ['', 'to POST /api/dashboard. The API key lacks'],
])('what OneUptime said, as %j, ends before what to do begins', async (message, text) => {
  oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/dashboard$/, status: 403, message });
  expect((await leadline('apply')).err).toContain(text);
});

describe('429', () => {
  test('waits as long as Retry-After says, also before a creation', async () => {
    const headers = { 'retry-after': '7' };
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/dashboard$/, status: 429, headers });
    const { code, pauses } = await apply();
    expect(code).toBe(0);
    expect(pauses).toEqual([7000]);
    expect(names()).toHaveLength(10);
  });

  test('ends where Retry-After is longer than a minute, and says how long', async () => {
    const headers = { 'retry-after': '3600' };
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/dashboard$/, status: 429, headers });
    const { code, json, pauses } = await apply();
    expect(code).toBe(1);
    expect(json.error).toContain('It asks to wait 3600 s');
    expect(pauses).toEqual([]);
  });

  test('ends after four attempts', async () => {
    oneuptime.standIn.fail({ method: 'POST', path: /^\/api\/dashboard$/, status: 429, times: 99 });
    const { code, pauses } = await apply();
    expect(code).toBe(1);
    expect(pauses).toEqual([500, 1000, 2000]);
  });
});

test('reads are asked again after a 500, and without an answer', async () => {
  oneuptime.standIn.fail({ method: 'POST', path: /dashboard\/get-list/, status: 500 });
  oneuptime.standIn.fail({ method: 'POST', path: /monitor\/get-list/ });
  const { code, pauses } = await leadline('plan', { patience: { timeoutMs: 200 } });
  expect(code).toBe(0);
  expect(pauses).toEqual([500, 500]);
});

test('a OneUptime that never answers ends the command, with its address', async () => {
  oneuptime.standIn.fail({ method: 'POST', path: /./, times: 999 });
  const { code, err } = await leadline('plan', { patience: { timeoutMs: 50 } });
  expect(code).toBe(1);
  expect(err).toBe(`${oneuptime.standIn.origin} cannot be reached: no answer within 50 ms.`);
});
