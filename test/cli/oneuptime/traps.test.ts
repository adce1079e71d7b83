import { expect, test } from 'vitest';
import { listWantedRecords } from '../../../cli/oneuptime/wanted-records.ts';
import { readStage } from '../../../cli/project/read-stage.ts';
import { exampleRecords, IDS } from '../../support/oneuptime-project.ts';
import type { StoredRow } from '../../support/oneuptime-stand-in.ts';
import { findTraps } from '../../support/oneuptime-traps.ts';

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
])('%s in the place of %s is seen', (right, wrong, trap) => {
  const text = JSON.stringify(tables());
  expect(text).toContain(right);
  expect(findTraps(JSON.parse(text.replaceAll(right, wrong))).join('\n')).toMatch(trap);
});
