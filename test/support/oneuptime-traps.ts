import type { StoredRow } from './oneuptime-stand-in.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form it is in.
type Json = any;

const AGGREGATIONS = ['Sum', 'Avg', 'Min', 'Max', 'Count', 'P50', 'P90', 'P95', 'P99'];
const NO_DATA = ['Ignore', 'Treat As Zero', 'Trigger'];
const COMPARISONS = ['Greater Than', 'Less Than Or Equal To'];
const HEARTBEATS = ['Recieved In Minutes', 'Not Recieved In Minutes'];
const WINDOWS = /^Past (1 Minute|(5|10|15|30) Minutes)$/;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What OneUptime has taken silently although it will never fire, resolve or show anything. */
export function findTraps(tables: Readonly<Record<string, readonly StoredRow[]>>): string[] {
  const monitors = tables['monitor'] ?? [];
  const traps = [
    ...monitors.flatMap((monitor) => monitorTraps(monitor).map((trap) => say(monitor, trap))),
    ...(tables['dashboard'] ?? []).flatMap((dashboard) =>
      dashboardTraps(dashboard).map((trap) => say(dashboard, trap)),
    ),
  ];
  const watchesDepth = JSON.stringify(monitors).includes('queue.depth"');
  const hasHeartbeat = monitors.some(({ monitorType }) => monitorType === 'Incoming Request');
  if (watchesDepth && !hasHeartbeat) traps.push('a depth monitor without a heartbeat beside it');
  return traps;
}

function say({ name }: StoredRow, trap: string): string {
  return `${name}: ${trap}`;
}

function monitorTraps(monitor: Json): string[] {
  const { value: steps } = monitor.monitorSteps;
  const [step, ...others] = steps.monitorStepsInstanceArray;
  const criteria: Json[] = step.value.monitorCriteria.value.monitorCriteriaInstanceArray;
  const healthy = criteria.filter(
    ({ value }) => value.monitorStatusId === steps.defaultMonitorStatusId,
  );
  return [
    ...(others.length > 0 ? ['only the first step is evaluated'] : []),
    ...(steps.defaultMonitorStatusId ? [] : ['no defaultMonitorStatusId']),
    ...(healthy.length === 0 ? ['no healthy criteria'] : []),
    ...(criteria.every(({ value }) => value.filters.length > 0) ? [] : ['no filters']),
    ...idTraps([step.value, ...criteria.flatMap(({ value }) => identified(value))]),
    ...criteria.flatMap(({ value }) =>
      value.filters.flatMap((filter: Json) => filterTraps(filter, step.value)),
    ),
    ...(step.value.metricMonitor ? metricTraps(step.value.metricMonitor) : []),
  ];
}

/** Whatever auto-resolve goes by. */
function identified(criteria: Json): Json[] {
  return [criteria, ...criteria.incidents, ...criteria.alerts];
}

function idTraps(identified: Json[]): string[] {
  const ids = identified.map(({ id }) => id);
  if (ids.some((id) => !UUID.test(id))) return ['a step, criteria or template without its own id'];
  return new Set(ids).size === ids.length ? [] : ['an id that is there twice'];
}

function filterTraps(filter: Json, step: Json): string[] {
  const traps: string[] = [];
  if (typeof filter.value !== 'number') traps.push(`the threshold ${filter.value} is no number`);
  if (filter.checkOn === 'Incoming Request') {
    if (!HEARTBEATS.includes(filter.filterType)) traps.push(`unknown filter ${filter.filterType}`);
    return traps;
  }
  if (!COMPARISONS.includes(filter.filterType)) traps.push(`unknown filter ${filter.filterType}`);
  if (filter.checkOn !== 'Metric Value') return traps;
  const { metricAlias, metricAggregationType, onNoDataPolicy } = filter.metricMonitorOptions;
  if (!['All Values', 'Any Value'].includes(metricAggregationType)) {
    traps.push(`metricAggregationType ${metricAggregationType} does not work as named`);
  }
  if (!NO_DATA.includes(onNoDataPolicy)) traps.push(`unknown no-data policy ${onNoDataPolicy}`);
  const { queryConfigs, formulaConfigs } = step.metricMonitor.metricViewConfig;
  const variables = [...queryConfigs, ...formulaConfigs].map(
    (each: Json) => each.metricAliasData.metricVariable,
  );
  if (!variables.includes(metricAlias)) traps.push(`${metricAlias} is no query and no formula`);
  return traps;
}

function metricTraps({ rollingTime, metricViewConfig }: Json): string[] {
  const { queryConfigs, formulaConfigs } = metricViewConfig;
  const variables = queryConfigs.map((each: Json) => each.metricAliasData.metricVariable);
  const formulas: string[] = formulaConfigs.map(
    (each: Json) => each.metricFormulaData.metricFormula,
  );
  const unknown = formulas
    .flatMap((formula) => formula.match(/[a-z]\w*/g) ?? [])
    .filter((variable) => !variables.includes(variable));
  return [
    ...(queryConfigs.length > 0 ? [] : ['no queries']),
    ...(WINDOWS.test(rollingTime) ? [] : [`unknown window ${rollingTime}`]),
    ...unknown.map((variable) => `the formula's ${variable} is no query`),
    ...queryConfigs.flatMap(queryTraps),
  ];
}

function queryTraps({ metricQueryData }: Json): string[] {
  const { metricName, aggegationType, attributes } = metricQueryData.filterData;
  const traps: string[] = [];
  if (metricName !== metricName.toLowerCase()) traps.push(`${metricName} is not in lower case`);
  if (!AGGREGATIONS.includes(aggegationType)) traps.push(`aggegationType is ${aggegationType}`);
  if (!Object.values(attributes).every((value) => typeof value === 'string')) {
    traps.push('an attribute that is no text, which matches nothing');
  }
  return traps;
}

function dashboardTraps({ dashboardViewConfig }: Json): string[] {
  const { components } = dashboardViewConfig;
  const ids = components.map(({ componentId }: Json) => ({ id: componentId.value }));
  return [
    ...idTraps(ids),
    ...components.flatMap((component: Json) => queryTraps(component.arguments.metricQueryConfig)),
  ];
}
