import { expect, test } from 'vitest';
import { listWantedRecords } from '../../../cli/oneuptime/wanted-records.ts';
import { readStage } from '../../../cli/project/read-stage.ts';
import { criteriaOf, exampleRecords, IDS, stepOf } from '../../support/oneuptime-project.ts';
import type { StoredRow } from '../../support/oneuptime-stand-in.ts';
import { findTraps } from '../../support/oneuptime-traps.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
type Json = any;

/** The stand-in's eyes: each trap of the fact sheet is seen when it is walked into. */
const tables = (records = exampleRecords()): Record<string, StoredRow[]> => {
  const row = ({ name, fixed, data }: ReturnType<typeof exampleRecords>[number]) => ({
    _id: name,
    name,
    ...fixed,
    ...structuredClone(data),
  });
  const of = (kind: string) => records.filter((record) => record.kind === kind);
  return { monitor: of('monitor').map(row), dashboard: of('dashboard').map(row) };
};

test('what is generated walks into none', () => {
  expect(findTraps(tables())).toEqual([]);
});

test.each([
  [{ queues: {} }, ['dashboard', 'heartbeat', 'exceptions']],
  [
    { queues: { images: {} } },
    [
      'dashboard',
      'heartbeat',
      'queue-depth',
      'oldest-message',
      'dead-letters',
      'in-flight',
      'exceptions',
    ],
  ],
])('a stage of %j without tasks has no monitor that watches nothing', (config, keys) => {
  const stage = readStage({ stage: 'dev', ...config }, [], 'dev');
  const records = listWantedRecords(stage, IDS);
  expect(records.map(({ key }) => key)).toEqual(keys);
  expect(findTraps(tables(records))).toEqual([]);
});

test.each([
  ['"queue.depth","attributes"', '"Queue.Depth","attributes"', /not in lower case/],
  ['"value":0.05', '"value":"0.05"', /threshold 0.05 is no number/],
  ['"aggegationType"', '"aggregationType"', /aggegationType is undefined/],
  ['"All Values"', '"Average"', /does not work as named/],
  ['"id":"', '"key":"', /without its own id/],
  ['"defaultMonitorStatusId":"operational"', '"other":""', /no defaultMonitorStatusId/],
  ['"monitorStatusId":"operational"', '"monitorStatusId":"degraded"', /no healthy criteria/],
  ['Recieved In Minutes', 'Received In Minutes', /unknown filter .*Received/],
  ['"Incoming Request","description"', '"Website","description"', /without a heartbeat/],
  ['"metricAlias":"a"', '"metricAlias":"z"', /z is no query/],
  ['"a / b"', '"a / x"', /formula's x is no query/],
  ['Past 5 Minutes', 'Past 7 Minutes', /unknown window/],
  ['"Treat As Zero"', '"Zero"', /unknown no-data policy/],
  ['"Greater Than"', '"Over"', /unknown filter Over/],
  [
    '"Exception Count","filterType":"Greater Than"',
    '"Exception Count","filterType":">"',
    /unknown filter >/,
  ],
  [
    '"resource.deployment.environment.name":"dev"',
    '"resource.deployment.environment.name":7',
    /no text, which matches/,
  ],
])('%s in the place of %s is seen', (right, wrong, trap) => {
  const text = JSON.stringify(tables());
  expect(text).toContain(right);
  expect(findTraps(JSON.parse(text.replaceAll(right, wrong))).join('\n')).toMatch(trap);
});

/** What is done by hand to one record, and what is seen of it. */
test.each<[string, (monitor: Json) => void, RegExp]>([
  [
    'a second step',
    (monitor) => {
      const steps = monitor.monitorSteps.value.monitorStepsInstanceArray;
      steps.push(steps[0]);
    },
    /only the first step is evaluated/,
  ],
  [
    'an id that is used twice',
    (monitor) => {
      criteriaOf(monitor).healthy.id = criteriaOf(monitor).alarm.id;
    },
    /an id that is there twice/,
  ],
  [
    'an alarm without filters',
    (monitor) => {
      criteriaOf(monitor).alarm.filters = [];
    },
    /no filters/,
  ],
  [
    'no queries',
    (monitor) => {
      stepOf(monitor).metricMonitor.metricViewConfig.queryConfigs = [];
    },
    /no queries/,
  ],
])('%s of a monitor is seen', (_what, change, trap) => {
  const all = tables();
  change(all['monitor']?.find(({ name }) => String(name).endsWith('Queue depth')));
  const seen = findTraps(all);
  expect(seen.join('\n')).toMatch(trap);
  expect(seen.every((each) => each.startsWith('leadline dev: Queue depth: '))).toBe(true);
});

test.each<[string, (components: Json[]) => void, RegExp]>([
  [
    'a chart of a name that is not in lower case',
    ([{ arguments: chart }]) => {
      chart.metricQueryConfig.metricQueryData.filterData.metricName = 'Queue.Depth';
    },
    /not in lower case/,
  ],
  [
    'a chart with another aggregation',
    ([{ arguments: chart }]) => {
      chart.metricQueryConfig.metricQueryData.filterData.aggegationType = 'Median';
    },
    /aggegationType is Median/,
  ],
  [
    'a component without an id',
    ([component]) => {
      component.componentId.value = '';
    },
    /without its own id/,
  ],
  ['a component that is there twice', (components) => components.push(components[0]), /twice/],
])('%s is seen', (_what, change, trap) => {
  const all = tables();
  const [dashboard]: Json[] = all['dashboard'] ?? [];
  change(dashboard.dashboardViewConfig.components);
  expect(findTraps(all)).toEqual([expect.stringMatching(trap)]);
});
