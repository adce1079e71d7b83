import type { SQSRecord } from 'aws-lambda';
import { createRecord } from '../../lib/testing.ts';
import { createLambdaService, type LambdaService } from '../../local/lambda/lambda-service.ts';
import type { TelemetryStore } from '../../local/otlp/telemetry-store.ts';
import { startSqsServer } from '../../local/sqs/sqs-server.ts';
import type { FunctionDescription } from '../../local/stack-description.ts';
import { httpEvent } from '../lib/producer/http-event.ts';
import { startBackend } from '../lib/telemetry/otlp-backend.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { observe } from './contract-observers.ts';
import { STATE_FUNCTIONS, startTable, useState } from './contract-state.ts';
import { badRule, patient, scripted } from './telemetry-project/functions/tasks/index.ts';

/** What every kind of outcome has left behind. */
export interface Emitted {
  store: TelemetryStore;
  /** The lines of stdout. */
  lines: Record<string, unknown>[];
  workerNames: string[];
  /** `content-encoding` of each request that a depth function or another made. */
  encodings: (string | undefined)[];
}

const QUEUES = ['main', 'main-dlq', 'nodlq', 'baddlq'] as const;
const FIFO_QUEUES = ['orders.fifo', 'orders-dlq.fifo', 'nodlqs.fifo', 'baddlqs.fifo'] as const;

/** The producer that the worker's records carry. */
export const PRODUCER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const traceparent = `00-${PRODUCER.traceId}-${PRODUCER.spanId}-01`;

/** Makes every kind of outcome happen in real bundles, and waits for the last of the telemetry. */
export async function runScenarios(bundleDirectory: string): Promise<Emitted> {
  const stops: (() => Promise<void>)[] = [];
  const backend = await startBackend('take', { onFinished: (stop) => stops.push(stop) });
  const table = await startTable();
  stops.push(table.stop);
  const sqs = await startSqsServer({
    otherServices: table.listener,
    queues: [
      ...QUEUES.map((name) => ({ queueName: `app-${name}` })),
      ...FIFO_QUEUES.map((name) => ({ queueName: `app-${name}`, fifo: true })),
    ],
  });
  const lines: Emitted['lines'] = [];
  const functions = describeFunctions((name) => sqs.queueUrl(`app-${name}`), table.brokenEndpoint);
  const telemetry = {
    ONEUPTIME_ENDPOINT: backend.endpoint,
    ONEUPTIME_TOKEN: 'token-1',
    APP_VERSION: '1.2.3',
    ENVIRONMENT: 'test',
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop',
  };
  const onOutput = (line: string) => {
    if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const service = createLambdaService({
    functions,
    bundleDirectory,
    environment: { ...telemetry, AWS_ENDPOINT_URL: sqs.endpoint },
    onOutput,
  });
  try {
    await enqueue(service);
    await work(service);
    await useState((name, event) => invoke(service, name, event), table);
    await observe(bundleDirectory, telemetry, onOutput);
    backend.behave((request, response, take) => {
      if (request.url?.endsWith('logs')) response.writeHead(413).end();
      else take();
    });
    await invoke(service, 'link', { Records: [record('record', { id: 'dropped' })] });
    backend.behave('take');
    await invoke(service, 'link', {
      Records: [record('fail', { id: 'linked', attributes: { traceparent } })],
    });
  } finally {
    // SIGTERM: the workers say so, and send what is left.
    await service.stop();
    await sqs.stop();
    for (const stop of stops) await stop();
  }
  return {
    store: backend.store,
    lines,
    workerNames: functions.map((each) => each.functionName),
    encodings: backend.requests.map(({ headers }) => headers['content-encoding']),
  };
}

async function enqueue(service: LambdaService): Promise<void> {
  const post = (task: string, body: object) =>
    invoke(service, 'enqueue', httpEvent({ task, body: JSON.stringify(body) }));
  await post('scripted', { do: 'complete' });
  await post('unheard_of', { do: 'complete' });
  await post('scripted', { do: 1 });
  await post('nowhere', { do: 'complete' });
  await post('broken_schema', {});
  await invoke(service, 'enqueue-many', { count: 3 });
  await invoke(service, 'enqueue-many', { count: 2, lost: true });
  await invoke(service, 'enqueue-many', { count: 1, bytes: 1_100_000 });
}

async function work(service: LambdaService): Promise<void> {
  const undecodable = { ...record('complete'), body: 'not json' };
  const unknown = (attempt: number): SQSRecord => {
    const made = record('complete', { attempt });
    return { ...made, body: made.body.replace('scripted', 'unheard_of') };
  };
  await invoke(service, 'worker', {
    Records: [
      record('complete', { id: 'traced', attributes: { traceparent } }),
      record('fail', { id: 'retried', attributes: { traceparent } }),
      record('fail', { attempt: 3 }),
      record('fatal'),
      record('wait'),
      record('ignore the signal'),
      record('record'),
      undecodable,
      createRecord(scripted, { do: 1 } as never, { queue: 'app-main' }),
      unknown(1),
      unknown(5),
      createRecord(badRule, { do: 'fail' }, { queue: 'app-main' }),
    ],
  });
  const queueTrouble = ['app-nodlq', 'app-baddlq', 'app-unlisted'];
  await invoke(service, 'worker', {
    Records: [
      ...queueTrouble.map((queue) => record('fatal', { queue })),
      record('complete', { id: 'listener-throws' }),
      record('complete', { id: 'listener-hangs' }),
    ],
  });
  const ordered = (groupId: string, queue = 'app-orders.fifo') => ({ queue, groupId });
  await invoke(service, 'worker', {
    Records: [
      record('fail', ordered('stopped')),
      record('complete', { ...ordered('stopped'), id: 'handed-back' }),
      record('complete', ordered('complete')),
      record('fatal', ordered('fatal')),
      record('ignore the signal', ordered('ignore')),
      createRecord(badRule, { do: 'fail' }, ordered('rule')),
      record('fatal', ordered('no dlq', 'app-nodlqs.fifo')),
      record('fatal', ordered('bad dlq', 'app-baddlqs.fifo')),
    ],
  });
  await invoke(service, 'worker', {});
  await invoke(service, 'each', { Records: [record('complete')] });
  await invoke(service, 'short', {
    Records: [createRecord(patient, { do: 'wait' }, { queue: 'app-main', id: 'cut-off' })],
  });
}

function record(what: string, options: Parameters<typeof createRecord>[2] = {}): SQSRecord {
  return createRecord(scripted, { do: what }, { queue: 'app-main', ...options });
}

async function invoke(service: LambdaService, functionName: string, event: object) {
  await service.invoke(functionName, JSON.stringify(event));
  const isIdle = () => service.instances(functionName).every(({ state }) => state === 'idle');
  await waitUntil(`${functionName} idle`, isIdle, 20_000);
}

function describeFunctions(
  url: (name: string) => string,
  brokenTable: string,
): FunctionDescription[] {
  const worker = {
    main: { url: url('main'), dlqUrl: url('main-dlq') },
    orders: { url: url('orders.fifo'), dlqUrl: url('orders-dlq.fifo'), batchSize: 10 },
    nodlq: { url: url('nodlq') },
    baddlq: { url: url('baddlq'), dlqUrl: url('missing-dlq') },
    nodlqs: { url: url('nodlqs.fifo') },
    baddlqs: { url: url('baddlqs.fifo'), dlqUrl: url('missing-dlq.fifo') },
    nowhere: { url: url('missing') },
  };
  const producer = { main: { url: url('main') }, nowhere: { url: url('missing') } };
  const describe = (
    functionName: string,
    bundle: string,
    queues: object,
    variables: Record<string, string> = {},
    timeoutSeconds = 15,
  ): FunctionDescription => ({
    functionName,
    bundle,
    timeoutSeconds,
    memoryMb: 256,
    environment: { QUEUES: JSON.stringify(queues), ...variables },
  });
  return [
    describe('enqueue', 'enqueue-task', producer),
    describe('enqueue-many', 'enqueue-many', producer),
    describe('worker', 'process-tasks', worker),
    describe('each', 'process-tasks', worker, { ACKNOWLEDGE: 'each' }),
    describe('link', 'process-tasks', worker, { LEADLINE_TRACE_MODE: 'link' }),
    describe('short', 'process-tasks', worker, {}, 4),
    ...STATE_FUNCTIONS(brokenTable).map(({ name, bundle, variables, timeoutSeconds }) =>
      describe(
        name,
        bundle,
        bundle === 'process-tasks' ? worker : producer,
        variables,
        timeoutSeconds,
      ),
    ),
  ];
}
