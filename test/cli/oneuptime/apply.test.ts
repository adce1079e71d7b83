import { describe, expect, test } from 'vitest';
import { findTraps } from '../../support/oneuptime-traps.ts';
import { actionsOf, useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const { leadline, apply, rows, names, writes } = oneuptime;

describe('apply', () => {
  test('makes the dashboard and the monitors, with nothing that OneUptime would take in silence', async () => {
    const { code, json } = await apply();
    expect(code).toBe(0);
    expect(json.warnings).toEqual([]);
    expect(names()).toEqual([
      'leadline dev: Background tasks',
      'leadline dev: Heartbeat',
      'leadline dev: Queue depth',
      'leadline dev: Oldest message',
      'leadline dev: Dead letters',
      'leadline dev: In flight',
      'leadline dev: Failure rate',
      'leadline dev: Retries',
      'leadline dev: Task duration P95',
      'leadline dev: Exceptions',
    ]);
    expect(findTraps(oneuptime.standIn.tables)).toEqual([]);
  });

  test('looks the ids of statuses and severities up first', async () => {
    await apply();
    const paths = oneuptime.standIn.requests.map(({ path }) => path.split('?')[0]);
    const firstWrite = paths.indexOf('/api/dashboard');
    for (const table of ['monitor-status', 'incident-severity', 'alert-severity']) {
      expect(paths.slice(0, firstWrite)).toContain(`/api/${table}/get-list`);
    }
    const depth = JSON.stringify(rows('monitor').find(({ name }) => /depth/.test(String(name))));
    const idOf = (table: string, name: string) =>
      String(rows(table).find((row) => row['name'] === name)?._id);
    expect(depth).toContain(`"defaultMonitorStatusId":"${idOf('monitor-status', 'Operational')}"`);
    expect(depth).toContain(`"monitorStatusId":"${idOf('monitor-status', 'Degraded')}"`);
    expect(depth).toContain(
      `"incidentSeverityId":"${idOf('incident-severity', 'Minor Incident')}"`,
    );
  });

  test('takes the most severe severity for what is urgent, and the least for the rest', async () => {
    rows('alert-severity').reverse();
    await apply();
    expect(severityOf('Heartbeat')).toEqual(['Critical Incident']);
    expect(severityOf('Dead letters')).toEqual(['Critical Incident']);
    expect(severityOf('Queue depth')).toEqual(['Minor Incident']);
    expect(severityOf('Retries')).toEqual(['Low']);
  });

  test('makes a monitor that fires degraded and not offline, whatever order the project has', async () => {
    const offline = rows('monitor-status').find(({ name }) => name === 'Offline');
    Object.assign(offline ?? {}, { priority: 0 });
    await apply();
    const text = JSON.stringify(rows('monitor'));
    expect(text).not.toContain(offline?._id);
    expect(text).toContain(rows('monitor-status').find(({ name }) => name === 'Degraded')?._id);
  });

  test('a second time changes nothing, and writes nothing', async () => {
    await apply();
    const before = writes();
    const second = await apply();
    expect(new Set(actionsOf(second))).toEqual(new Set(['left']));
    expect(writes()).toBe(before);
  });

  test('changes in place what differs, once', async () => {
    await apply();
    const ids = rows('monitor').map(({ _id }) => _id);
    const [depth] = rows('monitor').filter(({ name }) => /depth/.test(String(name)));
    if (depth) depth['monitorSteps'] = JSON.parse(edit(depth['monitorSteps'], '1000', '2000'));
    const plan = await leadline('plan --json');
    const changed = plan.json.steps.filter(({ action }: { action: string }) => action === 'change');
    expect(changed).toHaveLength(1);
    expect(changed[0].difference).toMatch(/filters\.0\.value is 2000, wanted is 1000$/);
    const second = await apply();
    expect(actionsOf(second).filter((action: string) => action !== 'left')).toEqual(['changed']);
    expect(rows('monitor').map(({ _id }) => _id)).toEqual(ids);
    expect(actionsOf(await apply())).not.toContain('changed');
  });

  test('changes the description and the interval back, too, and is then settled', async () => {
    await apply();
    const wanted = structuredClone(rows('monitor'));
    for (const row of [...rows('monitor'), ...rows('dashboard')]) {
      row['description'] = `drifted ${row['description']}`;
    }
    for (const row of rows('monitor')) {
      if (row['monitoringInterval'] !== undefined) row['monitoringInterval'] = '0 * * * *';
    }
    expect(new Set(actionsOf(await apply()))).toEqual(new Set(['changed']));
    expect(rows('monitor')).toEqual(wanted);
    expect(new Set(actionsOf(await apply()))).toEqual(new Set(['left']));
  });

  test.each([
    ['an attribute that narrows a query', /"attributes":\{/, '"attributes":{"task.name":"x",'],
    ['a unit of a threshold', /"metricMonitorOptions":\{/, '$&"thresholdUnit":"min",'],
    ['another key of a filter', /"checkOn":/, '"serverMonitorOptions":{"diskPath":"/"},$&'],
  ])('takes %s out again that was added by hand', async (_what, place, added) => {
    await apply();
    const wanted = structuredClone(rows('monitor'));
    const depth = rows('monitor').find(({ name }) => String(name).endsWith(': Queue depth'));
    const drifted = JSON.stringify(depth?.['monitorSteps']).replace(place, added);
    Object.assign(depth ?? {}, { monitorSteps: JSON.parse(drifted) });
    expect(rows('monitor')).not.toEqual(wanted);
    const plan = await leadline('plan');
    expect(plan.out).toContain(', wanted is none');
    const second = await apply();
    expect(actionsOf(second).filter((action: string) => action !== 'left')).toEqual(['changed']);
    expect(rows('monitor')).toEqual(wanted);
  });

  test('what the server reads as null, since nobody has set it, is no difference', async () => {
    await apply();
    const text = JSON.stringify(rows('monitor'));
    const read = text.replaceAll('"metricMonitorOptions":{', '$&"thresholdUnit":null,');
    rows('monitor').splice(0, 9, ...JSON.parse(read));
    expect(new Set(actionsOf(await apply()))).toEqual(new Set(['left']));
  });

  test('a monitor that somebody switched off is a warning each time, and stays so', async () => {
    await apply();
    const depth = rows('monitor').find(({ name }) => String(name).endsWith(': Queue depth'));
    Object.assign(depth ?? {}, { disableActiveMonitoring: true });
    const { json, code } = await apply();
    expect(code).toBe(0);
    expect(json.warnings).toEqual([
      'The monitor "leadline dev: Queue depth" is switched off in OneUptime, and cannot fire. Switch it on there: apply does not.',
    ]);
    expect((await leadline('plan')).err).toContain('is switched off in OneUptime');
    expect(depth?.['disableActiveMonitoring']).toBe(true);
  });

  test('a label in the midst of a description does not make a record ours', async () => {
    await apply();
    const [heartbeat] = rows('monitor');
    const description = `mine, not ${heartbeat?.['description']} of the other team`;
    if (heartbeat) heartbeat['description'] = description;
    const { code, err } = await leadline('apply');
    expect(code).toBe(1);
    expect(err).toContain(`(${heartbeat?._id}) that leadline did not make`);
    await leadline('destroy --yes');
    expect(rows('monitor')).toEqual([heartbeat]);
  });

  test('takes out again what was put in beside what is wanted', async () => {
    await apply();
    const [dashboard] = rows('dashboard');
    const view = structuredClone(dashboard?.['dashboardViewConfig']) as { components: object[] };
    view.components.push(...view.components.slice(0, 1));
    Object.assign(dashboard ?? {}, { dashboardViewConfig: view });
    const second = await apply();
    expect(actionsOf(second)[0]).toBe('changed');
    expect(JSON.stringify(rows('dashboard')).match(/"chartTitle":"Queue depth"/g)).toHaveLength(1);
  });

  test('makes again what was deleted by hand', async () => {
    await apply();
    rows('monitor').splice(3, 1);
    const second = await apply();
    expect(actionsOf(second).filter((action: string) => action !== 'left')).toEqual(['created']);
    expect(rows('monitor')).toHaveLength(9);
  });

  test('makes again what is deleted between its look and its change', async () => {
    await apply();
    const [heartbeat] = rows('monitor');
    if (heartbeat) heartbeat['description'] = `older ${heartbeat['description']}`;
    const meanwhile = () => void rows('monitor').shift();
    oneuptime.standIn.fail({ method: 'PUT', path: /monitor/, meanwhile });
    const second = await apply();
    expect(second.code).toBe(0);
    expect(actionsOf(second).filter((action: string) => action !== 'left')).toEqual(['created']);
    expect(new Set(names()).size).toBe(10);
  });

  test('reads the key of the heartbeat back, and prints its URL', async () => {
    const { json } = await apply();
    const heartbeat = rows('monitor').find((row) => row['monitorType'] === 'Incoming Request');
    const key = heartbeat?.['incomingRequestSecretKey'];
    expect(key).toEqual({ _type: 'ObjectID', value: json.heartbeatUrl.split('/').at(-1) });
    expect(json.heartbeatUrl).toMatch(`${oneuptime.standIn.origin}/heartbeat/`);
    const answer = await fetch(json.heartbeatUrl);
    expect(answer.status).toBe(200);
    const { out } = await leadline('apply');
    expect(out).toContain(`HEARTBEAT_URL=${json.heartbeatUrl}`);
  });

  test('narrows the exceptions to the service once there is one', async () => {
    await apply();
    rows('service').push({ _id: 'service-1', name: 'leadline' });
    const second = await apply();
    expect(actionsOf(second).filter((action: string) => action !== 'left')).toEqual(['changed']);
    expect(JSON.stringify(rows('monitor'))).toContain('"service-1"');
    expect(actionsOf(await apply())).not.toContain('changed');
  });
});

test('all rows are looked at, also those after the first hundred', async () => {
  await apply();
  const ours = rows('monitor').splice(0);
  for (let index = 0; index < 205; index += 1) {
    rows('monitor').push({ _id: `other-${index}`, name: `other ${index}`, description: '' });
  }
  rows('monitor').push(...ours);
  const second = await apply();
  expect(second.code).toBe(0);
  expect(actionsOf(second)).toEqual(Array(10).fill('left'));
});

describe('two with the same name', () => {
  test('of ours: nothing is done, and both ids are said', async () => {
    await apply();
    const [first] = rows('monitor');
    rows('monitor').push({ ...first, _id: 'the-second' } as never);
    const before = writes();
    const { code, err } = await leadline('apply');
    expect(code).toBe(1);
    expect(err).toContain(
      `There are 2 monitors "leadline dev: Heartbeat" (${first?._id}, the-second)`,
    );
    expect(err).toContain('Delete the others in OneUptime');
    expect(err).toContain('Nothing was done.');
    expect(writes()).toBe(before);
    expect((await leadline('plan')).code).toBe(1);
  });

  test('one that somebody else made is not touched, and can be handed over by the label', async () => {
    const foreign = { _id: 'foreign', name: 'leadline dev: Heartbeat', description: 'mine' };
    rows('monitor').push({ ...foreign, monitorType: 'Incoming Request' });
    const refused = await leadline('apply');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('(foreign) that leadline did not make');
    expect(rows('monitor')).toHaveLength(1);
    const [row] = rows('monitor');
    if (row) row['description'] = 'mine [leadline:leadline/dev]';
    await apply();
    expect(rows('monitor')).toHaveLength(9);
    expect(rows('monitor')[0]?._id).toBe('foreign');
  });

  test("ours beside somebody else's is told apart by the label", async () => {
    await apply();
    rows('monitor').unshift({ _id: 'foreign', name: 'leadline dev: Heartbeat', description: '' });
    const second = await apply();
    expect(second.code).toBe(0);
    expect(rows('monitor')[0]).toEqual({
      _id: 'foreign',
      name: 'leadline dev: Heartbeat',
      description: '',
    });
  });
});

/** The names of the severities that a monitor opens something with. */
function severityOf(title: string): unknown[] {
  const monitor = rows('monitor').find(({ name }) => String(name).endsWith(`: ${title}`));
  const ids = [...JSON.stringify(monitor).matchAll(/"(?:incident|alert)SeverityId":"([^"]+)"/g)];
  const all = [...rows('incident-severity'), ...rows('alert-severity')];
  return ids.map(([, id]) => all.find(({ _id }) => _id === id)?.['name']);
}

function edit(value: unknown, from: string, to: string): string {
  return JSON.stringify(value).replace(`"value":${from},`, `"value":${to},`);
}
