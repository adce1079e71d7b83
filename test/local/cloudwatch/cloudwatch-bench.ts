import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { onTestFinished } from 'vitest';
import { createCloudWatchApi } from '../../../local/cloudwatch/cloudwatch-api.ts';
import { createMetricStore, type MetricStore } from '../../../local/cloudwatch/metric-store.ts';

export interface CloudWatchBench {
  store: MetricStore;
  client: CloudWatchClient;
  endpoint: string;
  get(
    queries: MetricDataQuery[],
    input?: Partial<GetMetricDataCommandInput>,
  ): Promise<GetMetricDataCommandOutput>;
}

/** The start of a minute that is over, and in what CloudWatch still keeps. */
export const MINUTE = (Math.floor(Date.now() / 60_000) - 30) * 60_000;

/** The SDK's client against the endpoint, for the length of the test. */
export async function startCloudWatchBench(): Promise<CloudWatchBench> {
  const store = createMetricStore();
  const server = createServer(createCloudWatchApi(store));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new CloudWatchClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  return {
    store,
    client,
    endpoint,
    get: (queries, input) => getMetricData(client, queries, input),
  };
}

/** Ascending, over the hour around MINUTE. */
function getMetricData(
  client: CloudWatchClient,
  queries: MetricDataQuery[],
  input: Partial<GetMetricDataCommandInput> = {},
): Promise<GetMetricDataCommandOutput> {
  return client.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(MINUTE - 1_800_000),
      EndTime: new Date(MINUTE + 3_600_000),
      ScanBy: 'TimestampAscending',
      ...input,
    }),
  );
}

export function query(
  Id: string,
  Stat = 'Sum',
  metric: { namespace?: string; metricName?: string; dimensions?: Record<string, string> } = {},
  Period = 60,
): MetricDataQuery {
  const { namespace = 'Shop', metricName = 'Orders', dimensions = {} } = metric;
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat,
    },
  };
}
