import type { BuiltFunction } from '../../cli/build/build-functions.ts';
import type { FunctionDescription } from '../../local/stack-description.ts';
import type { Bundles } from '../build-bundles.ts';
import { type DynamoDb, startDynamoDbAtDistance } from '../dynamodb.ts';
import { httpRequest, sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed } from '../row.ts';
import { median, medianDifference, middleDifference, middleMean } from '../statistics.ts';
import { type Addresses, enqueuerOf, workerOf } from '../variants.ts';

const BATCH = 10;
const WARM_UP = 60;
const ROUNDS = 8;
const BLOCK = 40;
const COLD_ROUNDS = 21;
const REQUESTS = 50;

/** An instance waits for the others' turns, and is to be the same one afterwards. */
const IDLE_TIMEOUT_MS = 600_000;

const LEADLINE_TABLE = 'leadline';
const POWERTOOLS_TABLE = 'powertools';
const TABLES = [
  { tableName: LEADLINE_TABLE, partitionKey: 'pk' },
  { tableName: POWERTOOLS_TABLE, partitionKey: 'id' },
];

/** Each with what it is without task state, so that its cost is what it has over that. */
const WORKERS = {
  without: { bundle: 'process-tasks', base: 'without' },
  state: { bundle: 'process-tasks', base: 'without', table: LEADLINE_TABLE },
  idempotent: { bundle: 'process-order-once', base: 'without', table: LEADLINE_TABLE },
  powertools: { bundle: 'powertools', base: 'powertools' },
  'powertools-idempotent': {
    bundle: 'powertools-once',
    base: 'powertools',
    table: POWERTOOLS_TABLE,
  },
} as const satisfies Record<string, { bundle: string; base: string; table?: string }>;
type Worker = keyof typeof WORKERS;
const NAMES = Object.keys(WORKERS) as Worker[];
const ENQUEUERS = ['enqueue-without', 'enqueue-state'] as const;
type Enqueuer = (typeof ENQUEUERS)[number];

interface Block {
  responses: number[];
  cpuMicros: number;
}

/** What task state and idempotency cost a message, against Powertools' idempotency in the same run. */
export async function measureTaskState({ directory, built }: Bundles): Promise<Row[]> {
  const dynamoDb = await startDynamoDbAtDistance(TABLES);
  const functions = (addresses: Addresses) => [
    ...NAMES.map((name) => describeWorker(name, addresses, dynamoDb)),
    ...ENQUEUERS.map((name) => describeEnqueuer(name, addresses, dynamoDb)),
  ];
  try {
    return await withLab(
      { bundleDirectory: directory, functions, idleTimeoutMs: IDLE_TIMEOUT_MS },
      async (lab) => {
        const calls = new Map<Worker, Calls>();
        for (const name of NAMES) calls.set(name, await countCalls(lab, dynamoDb, name));
        dynamoDb.accepting = true;
        const cold = await interleave(NAMES, COLD_ROUNDS, (name) =>
          lab.invokeCold(name, sqsBatch(BATCH).event),
        );
        await interleave(NAMES, 1, (name) => runBlock(lab, name, WARM_UP));
        const warm = await interleave(NAMES, ROUNDS, (name) => runBlock(lab, name, BLOCK));
        const responsesOf = (name: Worker) =>
          (warm.get(name) ?? []).map(({ responses }) => median(responses));
        const cpuOf = (name: Worker) => (warm.get(name) ?? []).map(({ cpuMicros }) => cpuMicros);
        const initOf = (name: Worker) =>
          (cold.get(name) ?? []).map(({ initMs = Number.NaN }) => initMs);
        const firstOf = (name: Worker) =>
          (cold.get(name) ?? []).map(({ responseMs }) => responseMs);
        return [
          compare('warm response, batch of 10, DynamoDB 5 ms away', responsesOf, ' ms', 1),
          compare('CPU a message of that', cpuOf, ' µs', 0, [middleMean, middleDifference]),
          describeCalls(calls),
          compare('cold start of process-tasks', initOf, ' ms'),
          compare('first invocation of it, batch of 10, DynamoDB 5 ms away', firstOf, ' ms'),
          describeSizes(built),
          await measureEnqueue(lab, dynamoDb),
        ];
      },
    );
  } finally {
    await dynamoDb.stop();
  }
}

function describeWorker(
  name: Worker,
  addresses: Addresses,
  dynamoDb: DynamoDb,
): FunctionDescription {
  const { bundle, base, ...own } = WORKERS[name];
  const variant = base === 'powertools' ? 'powertools' : 'adaptive';
  const table = 'table' in own ? own.table : undefined;
  const description = workerOf(variant, addresses, stateSettings(name, table, dynamoDb));
  return { ...description, functionName: name, bundle };
}

function describeEnqueuer(
  name: Enqueuer,
  addresses: Addresses,
  dynamoDb: DynamoDb,
): FunctionDescription {
  const table = name === 'enqueue-state' ? LEADLINE_TABLE : undefined;
  const description = enqueuerOf('after-response', addresses);
  const environment = { ...description.environment, ...stateSettings(name, table, dynamoDb) };
  return { ...description, functionName: name, environment };
}

function stateSettings(
  functionName: string,
  table: string | undefined,
  { url }: DynamoDb,
): Record<string, string> {
  if (table === undefined) return {};
  return { TASK_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: `${url}/${functionName}` };
}

async function runBlock(lab: Lab, name: Worker, times: number): Promise<Block> {
  const cpu = () => [...lab.cpuOf(name).values()].reduce((sum, ms) => sum + ms, 0);
  const before = cpu();
  const responses: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const { responseMs } = await lab.invoke(name, sqsBatch(BATCH).event);
    responses.push(responseMs);
  }
  return { responses, cpuMicros: ((cpu() - before) * 1000) / (times * BATCH) };
}

/** DynamoDB calls a message. */
interface Calls {
  first: number;
  duplicate: number;
}

async function countCalls(lab: Lab, dynamoDb: DynamoDb, name: Worker): Promise<Calls> {
  const { event } = sqsBatch(BATCH);
  const count = async () => {
    const before = dynamoDb.callsOf(name);
    await lab.invoke(name, event);
    return (dynamoDb.callsOf(name) - before) / BATCH;
  };
  return { first: await count(), duplicate: await count() };
}

function describeCalls(calls: ReadonlyMap<Worker, Calls>): Row {
  const of = (name: Worker) => calls.get(name) ?? { first: Number.NaN, duplicate: Number.NaN };
  const text = (name: Worker) => `${of(name).first}, of a duplicate ${of(name).duplicate}`;
  const [own, peer] = [of('idempotent'), of('powertools-idempotent')];
  return {
    what: 'DynamoDB calls a message',
    cells: {
      powertools: `idempotent ${text('powertools-idempotent')}`,
      adaptive: `with task state ${text('state')}; idempotent ${text('idempotent')}`,
    },
    target: TARGET,
    checks: [
      {
        says: `idempotent ${own.first} and ${own.duplicate}, Powertools ${peer.first} and ${peer.duplicate}`,
        ok: own.first <= peer.first && own.duplicate <= peer.duplicate,
      },
    ],
  };
}

const TARGET = 'idempotency costs what Powertools’ does, a tenth more at the most';
const TOLERANCE = 1.1;

type Statistics = readonly [
  middle: (values: readonly number[]) => number,
  difference: (values: readonly number[], base: readonly number[]) => number,
];

function compare(
  what: string,
  valuesOf: (name: Worker) => readonly number[],
  unit: string,
  digits = 0,
  [middle, difference]: Statistics = [median, medianDifference],
): Row {
  const absolute = (name: Worker) => `${middle(valuesOf(name)).toFixed(digits)}${unit}`;
  const cost = (name: Worker) => difference(valuesOf(name), valuesOf(WORKERS[name].base));
  const text = (name: Worker) => `${absolute(name)} (${signed(cost(name), digits)})`;
  const [own, peer] = [cost('idempotent'), cost('powertools-idempotent')];
  return {
    what,
    cells: {
      powertools: `${absolute('powertools')}; idempotent ${text('powertools-idempotent')}`,
      adaptive: `${absolute('without')}; with task state ${text('state')}; idempotent ${text('idempotent')}`,
    },
    target: TARGET,
    checks: [
      {
        says: `idempotent ${signed(own, digits)}${unit}, Powertools ${signed(peer, digits)}${unit}`,
        ok: own <= peer * TOLERANCE,
      },
    ],
  };
}

function describeSizes(built: readonly BuiltFunction[]): Row {
  const find = (name: string) => built.find((each) => each.name === name);
  const loaded = (name: string) => (find(name)?.loadedBytes ?? Number.NaN) / 1000;
  const own = (find('process-tasks')?.taskStateBytes ?? Number.NaN) / 1000;
  const peer = loaded('powertools-once') - loaded('powertools');
  return {
    what: 'what task state adds to what process-tasks loads',
    cells: { powertools: `+${peer.toFixed(0)} KB`, adaptive: `+${own.toFixed(0)} KB` },
    target: TARGET,
    checks: [
      {
        says: `+${own.toFixed(0)} KB, Powertools +${peer.toFixed(0)} KB`,
        ok: own <= peer * TOLERANCE,
      },
    ],
  };
}

/** `POST /tasks/{task}`, warm. */
async function measureEnqueue(lab: Lab, dynamoDb: DynamoDb): Promise<Row> {
  const post = async (name: Enqueuer) => (await lab.invoke(name, httpRequest())).responseMs;
  await interleave(ENQUEUERS, WARM_UP, post);
  const before = dynamoDb.callsOf('enqueue-state');
  const responses = await interleave(ENQUEUERS, REQUESTS, post);
  const calls = (dynamoDb.callsOf('enqueue-state') - before) / REQUESTS;
  const [without = [], state = []] = ENQUEUERS.map((name) => responses.get(name));
  const cost = medianDifference(state, without);
  return {
    what: 'enqueue over HTTP, warm, DynamoDB 5 ms away',
    cells: {
      'after-response': `${median(without).toFixed(1)} ms; with task state ${median(state).toFixed(1)} ms (${signed(cost, 1)}), calls of DynamoDB ${calls}`,
    },
    target: 'one call, and 10 ms or less',
    checks: [{ says: `${calls}, ${signed(cost, 1)} ms`, ok: calls === 1 && cost <= 10 }],
  };
}
