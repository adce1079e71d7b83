import { checkMetricDataQueries, type MetricDataQuery } from './check-metric-data-query.ts';
import { CloudWatchRefusal } from './cloudwatch-refusal.ts';
import type { Datapoint, MetricStore } from './metric-store.ts';

export interface GetMetricDataRequest {
  MetricDataQueries?: unknown;
  /** Epoch seconds. */
  StartTime?: unknown;
  EndTime?: unknown;
  ScanBy?: string;
  MaxDatapoints?: number;
  NextToken?: string;
}

export interface MetricDataResult {
  Id: string;
  Label: string;
  Timestamps: number[];
  Values: number[];
  StatusCode: 'Complete' | 'PartialData';
}

export interface GetMetricDataResponse {
  MetricDataResults: MetricDataResult[];
  Messages: [];
  NextToken?: string;
}

/** What one answer holds at most, here and there. */
const MAX_DATAPOINTS = 100_800;

/** @throws CloudWatchRefusal */
export function getMetricData(
  request: GetMetricDataRequest,
  store: MetricStore,
): GetMetricDataResponse {
  const queries = checkMetricDataQueries(request.MetricDataQueries).filter(
    ({ returnData }) => returnData,
  );
  const { start, end } = checkTimes(request);
  const descending = checkScanBy(request.ScanBy) === 'TimestampDescending';
  let room = checkMaxDatapoints(request.MaxDatapoints);
  const from = readToken(request.NextToken, queries);
  let next: Position | undefined;
  const results = queries.slice(from.query).map((query, index): MetricDataResult => {
    const datapoints = readDatapoints(query, { start, end }, store);
    if (descending) datapoints.reverse();
    const skip = index === 0 ? countUntil(datapoints, from.after, descending) : 0;
    const page = datapoints.slice(skip, skip + room);
    const complete = next === undefined && skip + page.length === datapoints.length;
    room -= page.length;
    if (!complete) next ??= { query: from.query + index, after: page.at(-1)?.timestamp };
    return {
      Id: query.id,
      Label: query.label,
      Timestamps: page.map(({ timestamp }) => timestamp / 1000),
      Values: page.map(query.statistic),
      StatusCode: complete ? 'Complete' : 'PartialData',
    };
  });
  return {
    MetricDataResults: results,
    Messages: [],
    ...(next !== undefined && { NextToken: writeToken(next) }),
  };
}

function readDatapoints(
  { metric, periodSeconds, unit }: MetricDataQuery,
  range: { start: number; end: number },
  store: MetricStore,
): Datapoint[] {
  // A wrong unit is no error in CloudWatch: it finds nothing.
  if (unit !== undefined && unit !== store.unitOf(metric)) return [];
  return store.read(metric, { ...range, periodSeconds });
}

/** Where a page ended: in which query, after which datapoint. Data that came since moves nothing. */
interface Position {
  query: number;
  after?: number | undefined;
}

function countUntil(
  datapoints: readonly Datapoint[],
  after: number | undefined,
  descending: boolean,
): number {
  if (after === undefined) return 0;
  return datapoints.filter(({ timestamp }) =>
    descending ? timestamp >= after : timestamp <= after,
  ).length;
}

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function readToken(token: string | undefined, queries: readonly MetricDataQuery[]): Position {
  if (token === undefined) return { query: 0 };
  try {
    const { query, after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Position;
    const known = Number.isInteger(query) && query >= 0 && query < queries.length;
    if (known && (after === undefined || Number.isFinite(after))) return { query, after };
  } catch {}
  throw new CloudWatchRefusal('InvalidNextToken', 'The next token specified is invalid.');
}

function checkTimes({ StartTime, EndTime }: GetMetricDataRequest): { start: number; end: number } {
  const start = readTime('StartTime', StartTime);
  const end = readTime('EndTime', EndTime);
  if (start === end) invalid('The parameter StartTime must not equal parameter EndTime.');
  if (start > end) invalid('The parameter StartTime must be less than the parameter EndTime.');
  return { start, end };
}

function readTime(name: string, epochSeconds: unknown): number {
  if (typeof epochSeconds !== 'number' || !Number.isFinite(epochSeconds)) {
    throw new CloudWatchRefusal(
      'MissingRequiredParameterException',
      `The parameter ${name} is required, in epoch seconds.`,
    );
  }
  return epochSeconds * 1000;
}

function checkScanBy(order = 'TimestampDescending'): string {
  if (order !== 'TimestampDescending' && order !== 'TimestampAscending') {
    invalid(`The value ${JSON.stringify(order)} for parameter ScanBy is invalid.`);
  }
  return order;
}

function checkMaxDatapoints(count = MAX_DATAPOINTS): number {
  if (!Number.isInteger(count) || count < 1 || count > MAX_DATAPOINTS) {
    invalid(
      `The value ${JSON.stringify(count)} for parameter MaxDatapoints must be 1 to ${MAX_DATAPOINTS}.`,
    );
  }
  return count;
}

function invalid(message: string): never {
  throw new CloudWatchRefusal('ValidationException', message);
}
