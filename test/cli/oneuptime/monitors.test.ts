import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { criteriaOf, everyRecord, IDS, stepOf } from '../../support/oneuptime-project.ts';
import { repository } from '../../support/repository.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
type Json = any;

const page = readFileSync(join(repository, 'docs/oneuptime.md'), 'utf8');
const promised = (page.split('\n## What each monitor compares\n')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line): [string, string] => [line.split('|')[1]?.trim() ?? '', line]);
const monitors = everyRecord().filter(({ kind }) => kind === 'monitor');

test('there is a row for each monitor', () => {
  expect(promised.map(([title]) => title)).toEqual(monitors.map(({ name }) => titleOf(name)));
});

test.each(promised)('%s computes what its row of docs/oneuptime.md says', (title, row) => {
  const monitor = monitors.find(({ name }) => titleOf(name) === title);
  expect(describeRow(title, monitor?.data)).toBe(row);
});

function titleOf(name: string): string {
  return name.split(': ')[1] ?? '';
}

const HOLDS: Record<string, string> = { 'All Values': 'every minute', 'Any Value': 'any minute' };
const NO_DATA: Record<string, string> = { Ignore: 'is ignored', 'Treat As Zero': 'is zero' };

/** A row, from what is sent to OneUptime. */
function describeRow(title: string, monitor: Json): string {
  const { metricMonitor, exceptionMonitor } = stepOf(monitor);
  const { alarm } = criteriaOf(monitor);
  const [{ value, metricMonitorOptions: options }] = alarm.filters;
  const cells =
    metricMonitor !== undefined
      ? [
          describeFigure(metricMonitor),
          metricMonitor.rollingTime.replace('Past ', '').toLowerCase(),
          HOLDS[options.metricAggregationType],
          NO_DATA[options.onNoDataPolicy],
        ]
      : exceptionMonitor !== undefined
        ? [
            'exceptions of the service',
            `${exceptionMonitor.lastXSecondsOfExceptions / 60} minutes`,
            '',
            '',
          ]
        : ['calls of the depth function', `${value} minutes`, '', ''];
  const line = [title, ...cells, describeOpened(alarm)].join(' | ');
  return `| ${line} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |');
}

function describeFigure({ metricViewConfig: { queryConfigs, formulaConfigs } }: Json): string {
  const [{ metricQueryData: first }] = queryConfigs;
  // Those of other queues and tasks, with thresholds of their own, are of the same figure.
  const figures = new Set(
    queryConfigs.map(({ metricQueryData: { filterData } }: Json) => {
      return `${filterData.aggegationType} of \`${filterData.metricName}\``;
    }),
  );
  const [formula] = formulaConfigs;
  const operator = formula === undefined ? ' and ' : ' / ';
  return `${[...figures].join(operator)} by \`${first.groupByAttributeKeys[0]}\``;
}

function describeOpened({ incidents, alerts }: Json): string {
  const severities: Record<string, string> = {
    [IDS.incidentSeverity.high]: 'highest',
    [IDS.incidentSeverity.low]: 'lowest',
    [IDS.alertSeverity]: 'lowest',
  };
  return [
    ...incidents.map((each: Json) => `incident, ${severities[each.incidentSeverityId]} severity`),
    ...alerts.map((each: Json) => `alert, ${severities[each.alertSeverityId]} severity`),
  ].join(' and ');
}
