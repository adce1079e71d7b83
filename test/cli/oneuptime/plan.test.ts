import { expect, test } from 'vitest';
import { useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const { leadline, apply, rows, writes } = oneuptime;

test('says what would be created, and writes nothing', async () => {
  const { code, out } = await leadline('plan');
  expect(code).toBe(0);
  expect(out).toContain('create  monitor    leadline dev: Dead letters');
  expect(out).toContain('10 to create, 0 to change, 0 to leave.');
  expect(writes()).toBe(0);
});

test('after an apply there is nothing to do', async () => {
  await apply();
  const { out } = await leadline('plan');
  expect(out).toContain('0 to create, 0 to change, 10 to leave.');
});

test('answers in JSON, with ids and differences', async () => {
  await apply();
  const [dashboard] = rows('dashboard');
  if (dashboard) dashboard['dashboardViewConfig'] = null;
  const { json } = await leadline('plan --json');
  expect(json).toMatchObject({ stage: 'dev', conflicts: [], warnings: [] });
  expect(json.steps[0]).toEqual({
    action: 'change',
    kind: 'dashboard',
    key: 'dashboard',
    name: 'leadline dev: Background tasks',
    id: dashboard?._id,
    difference: 'dashboardViewConfig is null',
  });
});

test('what the server adds, and an id that it wraps, are no difference', async () => {
  rows('service').push({ _id: 'service-1', name: 'leadline' });
  await apply();
  expect(JSON.stringify(rows('monitor'))).toContain('addedByTheServer');
  expect(JSON.stringify(rows('monitor'))).toContain('{"_type":"ObjectID","value":"service-1"}');
  expect((await leadline('plan')).out).toContain('10 to leave.');
});

test('a record of the stage that is not wanted any more is said, and left', async () => {
  await apply();
  const description = 'of an older release [leadline:leadline/dev]';
  rows('monitor').push({ _id: 'old', name: 'leadline dev: Old', description });
  const { err, code } = await leadline('plan');
  expect(code).toBe(0);
  expect(err).toContain('The monitor "leadline dev: Old" is not wanted any more.');
});

test('colours are for the stream that is a terminal', async () => {
  rows('monitor').push({ _id: 'foreign', name: 'leadline dev: Heartbeat', description: '' });
  const piped = await leadline('plan', { coloured: 'stderr' });
  expect(piped.out).not.toContain('<');
  expect(piped.err).toContain('<red>problem');
  const logged = await leadline('plan', { coloured: 'stdout' });
  expect(logged.out).toContain('<green>create');
  expect(logged.err).not.toContain('<');
});

test('two stages have records of their own', async () => {
  await apply();
  const { json } = await leadline('plan --json --stage prod');
  expect(new Set(json.steps.map(({ action }: { action: string }) => action))).toEqual(
    new Set(['create']),
  );
});

test('a stage that cannot be one is called wrongly, as the configuration says', async () => {
  const { code, err } = await leadline('plan --stage Prod!');
  expect(code).toBe(2);
  expect(err).toContain('stage is "Prod!"');
});

test('an older OneUptime without services is no problem, one that refuses them is', async () => {
  const path = /service\/get-list/;
  oneuptime.standIn.fail({ method: 'POST', path, status: 404 });
  expect((await leadline('plan')).code).toBe(0);
  oneuptime.standIn.fail({ method: 'POST', path, status: 403 });
  const { code, err } = await leadline('plan');
  expect(code).toBe(1);
  expect(err).toContain('read statuses, severities and services');
});
