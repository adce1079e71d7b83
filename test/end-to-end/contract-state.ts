import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { createTaskState, type TaskState } from '../../lib/state.ts';
import { createRecord } from '../../lib/testing.ts';
import { startDynamoDb } from '../../local/dynamodb/start-dynamodb.ts';
import type { RequestListener } from '../../local/front-server.ts';
import { httpEvent } from '../lib/producer/http-event.ts';
import { careful, patient, scripted } from './telemetry-project/functions/tasks/index.ts';

const TABLE = 'app-task-state';
/** Where nobody answers. */
const NOWHERE = { TASK_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };

/** The functions that have task state, or a table that fails them. */
export const STATE_FUNCTIONS = (brokenTable: string) => [
  { name: 'stateful', bundle: 'process-tasks', variables: { TASK_TABLE: TABLE } },
  { name: 'blind', bundle: 'process-tasks', variables: NOWHERE, timeoutSeconds: 7 },
  { name: 'enqueue-stateful', bundle: 'enqueue-task', variables: { TASK_TABLE: TABLE } },
  { name: 'enqueue-blind', bundle: 'enqueue-task', variables: NOWHERE },
  {
    name: 'enqueue-broken',
    bundle: 'enqueue-task',
    variables: { TASK_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: brokenTable },
  },
  { name: 'enqueue-workflow', bundle: 'enqueue-workflow', variables: { TASK_TABLE: TABLE } },
];

export interface ContractTable {
  listener: RequestListener;
  /** Takes one update and refuses all others. */
  brokenEndpoint: string;
  state: TaskState;
  stop(): Promise<void>;
}

export async function startTable(): Promise<ContractTable> {
  const listener = await startDynamoDb([{ tableName: TABLE, partitionKey: 'pk' }]);
  let updates = 0;
  const whole = createServer(listener);
  const broken = createServer((request, response) => {
    if (String(request.headers['x-amz-target']).endsWith('.UpdateItem')) updates += 1;
    if (updates < 2) return listener(request, response);
    const __type = 'com.amazonaws.dynamodb.v20120810#AccessDeniedException';
    response.writeHead(400).end(JSON.stringify({ __type, message: 'no more updates' }));
  });
  const servers = [whole, broken];
  const [endpoint = '', brokenEndpoint = ''] = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    listener,
    brokenEndpoint,
    state: createTaskState({ table: TABLE, client }),
    async stop() {
      client.destroy();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** Makes everything happen that task state has a name for. */
export async function useState(
  invoke: (functionName: string, event: object) => Promise<void>,
  { state }: ContractTable,
): Promise<void> {
  await state.createQueued({ id: 'revoked', task: 'scripted', queue: 'orders' });
  await state.revoke('revoked');
  const steps = ['orders', 'nowhere'].map((queue, index) => ({
    id: `lost-${index}`,
    task: 'scripted',
    queue,
  }));
  await state.workflows.create({ kind: 'chain', id: 'lost', steps });
  // Loads the SDK: until then a plain task may go on without its record.
  await invoke('stateful', { Records: [record(scripted, 'complete')] });
  const once = record(careful, 'complete', { id: 'duplicate' });
  await invoke('stateful', {
    Records: [
      once,
      record(scripted, 'return much'),
      record(scripted, 'complete', { id: 'revoked' }),
      inWorkflow(record(scripted, 'complete'), 'unheard-of'),
      inWorkflow(record(scripted, 'complete', { id: 'lost-0' }), 'lost'),
    ],
  });
  await invoke('stateful', { Records: [once] });
  await invoke('blind', {
    Records: [scheduled(record(scripted, 'complete'), 'scripted-0'), record(careful, 'complete')],
  });
  await invoke('blind', {
    Records: [createRecord(patient, { do: 'wait' }, { queue: 'app-main' })],
  });
  for (const method of ['GET', 'DELETE']) {
    await invoke('enqueue-stateful', about(method, 'duplicate'));
    await invoke('enqueue-blind', about(method, 'duplicate'));
  }
  await invoke('enqueue-stateful', about('GET', 'duplicate', { wait: 1.5 }));
  const body = JSON.stringify({ do: 'complete' });
  await invoke('enqueue-blind', httpEvent({ task: 'scripted', body }));
  const headers = { 'idempotency-key': 'key-1' };
  await invoke('enqueue-broken', httpEvent({ task: 'scripted', body, headers }));
  for (const kind of ['chain', 'group']) {
    await invoke('enqueue-workflow', { kind });
    await invoke('enqueue-workflow', { kind, lost: true });
  }
}

/** As EventBridge Scheduler sends it. */
function scheduled(record: SQSRecord, schedule: string): SQSRecord {
  return { ...record, body: JSON.stringify({ ...JSON.parse(record.body), schedule }) };
}

let groups = 0;

/** On FIFO, where lines have one attribute more, and in a group of its own. */
function record(
  task: typeof scripted | typeof careful,
  what: string,
  options: Parameters<typeof createRecord>[2] = {},
): SQSRecord {
  groups += 1;
  const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  return createRecord(
    task as typeof scripted,
    { do: what },
    {
      queue: 'app-orders.fifo',
      groupId: `group-${groups}`,
      attributes: { traceparent },
      ...options,
    },
  );
}

function inWorkflow(made: SQSRecord, id: string): SQSRecord {
  const message = JSON.parse(made.body) as object;
  return { ...made, body: JSON.stringify({ ...message, workflow: { id, step: 0 } }) };
}

/** `queryStringParameters` of another type than HTTP API's make the handler fail. */
function about(method: string, id: string, queryStringParameters?: object): object {
  const event = httpEvent({});
  const http = { ...event.requestContext.http, method, path: `/tasks/${id}` };
  return {
    ...event,
    pathParameters: { id },
    requestContext: { ...event.requestContext, http },
    ...(queryStringParameters && { queryStringParameters }),
  };
}
