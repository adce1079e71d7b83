// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form it is in.
type Json = any;

/** Values by minute: `{ 'queue.depth': { default: [1, 2, undefined] } }`. */
export type Samples = Readonly<
  Record<string, Readonly<Record<string, readonly (number | undefined)[]>>>
>;

/**
 * Which criteria of a metric monitor OneUptime finds met, by queue or task, as its evaluator does
 * it: each series is held against every filter, with its own data alone; a formula has a value for
 * each minute that all its queries have one for.
 */
export function evaluateMonitor(monitor: Json, samples: Samples): Record<string, string[]> {
  const step = monitor.monitorSteps.value.monitorStepsInstanceArray[0].value;
  const { queryConfigs, formulaConfigs } = step.metricMonitor.metricViewConfig;
  const series = new Set<string>(queryConfigs.flatMap((query: Json) => seriesOf(query, samples)));
  const criteria = step.monitorCriteria.value.monitorCriteriaInstanceArray;
  return Object.fromEntries(
    [...series].map((name) => {
      const values = new Map<string, (number | undefined)[]>();
      for (const query of queryConfigs) {
        const has = seriesOf(query, samples).includes(name);
        const { metricName } = query.metricQueryData.filterData;
        values.set(variableOf(query), has ? [...(samples[metricName]?.[name] ?? [])] : []);
      }
      for (const formula of formulaConfigs)
        values.set(variableOf(formula), divide(formula, values));
      const met = criteria.filter(({ value }: Json) => isMet(value, values));
      return [name, met.map(({ value }: Json) => value.name.split(': ')[1])];
    }),
  );
}

function variableOf({ metricAliasData }: Json): string {
  return metricAliasData.metricVariable;
}

/** The series that a query finds: attributes are matched exactly. */
function seriesOf({ metricQueryData }: Json, samples: Samples): string[] {
  const { filterData, groupByAttributeKeys } = metricQueryData;
  const only = filterData.attributes[groupByAttributeKeys[0]];
  const names = Object.keys(samples[filterData.metricName] ?? {});
  return names.filter((name) => only === undefined || name === only);
}

function divide({ metricFormulaData }: Json, values: ReadonlyMap<string, (number | undefined)[]>) {
  const [a = [], b = []] = metricFormulaData.metricFormula
    .split(' / ')
    .map((variable: string) => values.get(variable));
  return a.map((value: number | undefined, minute: number) =>
    value === undefined || b[minute] === undefined ? undefined : value / b[minute],
  );
}

function isMet(criteria: Json, values: ReadonlyMap<string, (number | undefined)[]>): boolean {
  const outcomes = criteria.filters.map(({ filterType, value, metricMonitorOptions }: Json) => {
    const { metricAlias, metricAggregationType, onNoDataPolicy } = metricMonitorOptions;
    let numbers = (values.get(metricAlias) ?? []).filter((each) => each !== undefined);
    if (numbers.length === 0) {
      if (onNoDataPolicy === 'Ignore') return false;
      numbers = [0];
    }
    const holds = (each: number) => (filterType === 'Greater Than' ? each > value : each <= value);
    return metricAggregationType === 'All Values' ? numbers.every(holds) : numbers.some(holds);
  });
  return criteria.filterCondition === 'All' ? outcomes.every(Boolean) : outcomes.some(Boolean);
}
