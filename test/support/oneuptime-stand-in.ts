import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findReferenceProblem } from './oneuptime-references.ts';

export type StoredRow = Record<string, unknown> & { _id: string };

/** What goes wrong with a request, the next `times` times that it comes. */
export interface Fault {
  method: string;
  /** Of the request's path. */
  path: RegExp;
  times?: number;
  /** Requests of this kind that still go well before. */
  after?: number;
  /** The answer; without one the connection stays open, silent. */
  status?: number;
  message?: string;
  headers?: Record<string, string>;
  /** Whether it is done all the same. @default false */
  done?: boolean;
  /** What happens just before; the request then goes as it goes. */
  meanwhile?: () => void;
}

export interface OneUptimeStandIn {
  readonly origin: string;
  /** OTLP base. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly token: string;
  /** By path, `monitor` among them; a test may change them as somebody at the console would. */
  readonly tables: Record<string, StoredRow[]>;
  readonly requests: readonly { method: string; path: string; body: string }[];
  readonly signals: readonly { path: string; body: string }[];
  fail(fault: Fault): void;
  stop(): Promise<void>;
}

/** What can be read and written of each; OneUptime refuses a column that it does not have. */
const COLUMNS: Record<string, readonly string[]> = {
  monitor: [
    'name',
    'description',
    'monitorType',
    'monitoringInterval',
    'monitorSteps',
    'disableActiveMonitoring',
    'incomingRequestSecretKey',
  ],
  dashboard: ['name', 'description', 'dashboardViewConfig'],
  'monitor-status': ['name', 'priority', 'isOperationalState', 'isOfflineState'],
  'incident-severity': ['name', 'order'],
  'alert-severity': ['name', 'order'],
  'telemetry-ingestion-key': ['name', 'secretKey'],
  service: ['name'],
};
const FREE_PLAN: Record<string, number> = { monitor: 10, dashboard: 1 };

/**
 * A OneUptime project on 127.0.0.1: the routes that the command uses, with state. It refuses what
 * the real one refuses, and takes what that takes silently: `findTraps` finds it in what is stored.
 */
export async function startOneUptimeStandIn({ freePlan = true } = {}): Promise<OneUptimeStandIn> {
  const apiKey = randomUUID();
  const token = randomUUID();
  const tables = createTables();
  const requests: { method: string; path: string; body: string }[] = [];
  const signals: { path: string; body: string }[] = [];
  const faults: Fault[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const path = request.url ?? '';
    const method = request.method ?? '';
    requests.push({ method, path, body });
    const fault = takeFault(faults, method, path);
    fault?.meanwhile?.();
    const isFault = fault !== undefined && fault.meanwhile === undefined;
    if (isFault && fault.done !== true) return answerFault(response, fault);
    const answer = path.startsWith('/otlp/')
      ? ingest(request, path, body)
      : path.startsWith('/heartbeat/')
        ? ok({})
        : api(request, path, body);
    if (isFault) return answerFault(response, fault);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function ingest(request: IncomingMessage, path: string, body: string): Answer {
    const known = request.headers['x-oneuptime-token'] === token;
    if (path === '/otlp/v1/validate') {
      if (request.method !== 'GET') return refuse(404, 'Not found');
      return known
        ? ok({ valid: true, projectId: 'p-1' })
        : { status: 401, json: { valid: false } };
    }
    // Bearer is ignored.
    if (!known) return refuse(401, 'Invalid telemetry ingestion token');
    if (!/^\/otlp\/v1\/(traces|metrics|logs)$/.test(path)) return refuse(404, 'Not found');
    signals.push({ path, body });
    // What cannot be read is taken too, and dropped later.
    return ok({});
  }

  function api(request: IncomingMessage, path: string, body: string): Answer {
    // A message that quotes the key, as some servers do.
    const given = request.headers['apikey'];
    if (given !== apiKey) return refuse(401, `The API key ${String(given)} is not valid`);
    const url = new URL(path, origin);
    const [, table = '', ...rest] = url.pathname.slice(1).split('/');
    const rows = tables[table];
    if (rows === undefined) return refuse(404, `There is no ${table}`);
    const { data = {}, select = {} } = body === '' ? {} : JSON.parse(body);
    const unknown = [...Object.keys(data), ...Object.keys(select)].find(
      (column) => column !== '_id' && !COLUMNS[table]?.includes(column),
    );
    if (unknown !== undefined) return refuse(400, `${table} has no column ${unknown}`);
    const [first, second] = rest;
    if (request.method === 'POST' && first === undefined) return create(table, rows, data);
    if (request.method === 'POST' && first === 'get-list') return list(rows, select, url);
    const row = rows.find(({ _id }) => _id === first);
    if (row === undefined) return refuse(404, `${table} ${first} is not there`);
    if (request.method === 'POST' && second === 'get-item') return ok(pick(row, select));
    if (request.method === 'PUT') return update(row, data);
    if (request.method !== 'DELETE') return refuse(404, 'Not found');
    rows.splice(rows.indexOf(row), 1);
    return ok({});
  }

  function create(table: string, rows: StoredRow[], data: Record<string, unknown>): Answer {
    const active = rows.filter((row) => row['disableActiveMonitoring'] !== true).length;
    if (freePlan && active >= (FREE_PLAN[table] ?? Number.POSITIVE_INFINITY)) {
      return refuse(402, `You have reached the maximum allowed ${table} limit for the free plan.`);
    }
    const problem = findReferenceProblem(data, tables);
    if (problem !== undefined) return refuse(400, problem);
    const row: StoredRow = { ...store(data), _id: randomUUID() };
    if (table === 'monitor') {
      row['disableActiveMonitoring'] = false;
      if (data['monitorType'] === 'Incoming Request') {
        row['incomingRequestSecretKey'] = { _type: 'ObjectID', value: randomUUID() };
      }
    }
    rows.push(row);
    return ok(row);
  }

  function update(row: StoredRow, data: Record<string, unknown>): Answer {
    const problem = findReferenceProblem(data, tables);
    if (problem !== undefined) return refuse(400, problem);
    Object.assign(row, store(data));
    return ok({});
  }

  return {
    origin,
    endpoint: `${origin}/otlp`,
    apiKey,
    token,
    tables,
    requests,
    signals,
    fail: (fault) => void faults.push({ ...fault }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  json: unknown;
}

function ok(json: unknown): Answer {
  return { status: 200, json };
}

function refuse(status: number, message: string): Answer {
  return { status, json: { message } };
}

/** What a new project has. */
function createTables(): Record<string, StoredRow[]> {
  const row = (fields: Record<string, unknown>): StoredRow => ({ _id: randomUUID(), ...fields });
  return {
    monitor: [],
    dashboard: [],
    'monitor-status': [
      row({ name: 'Offline', priority: 3, isOperationalState: false, isOfflineState: true }),
      row({ name: 'Operational', priority: 1, isOperationalState: true, isOfflineState: false }),
      row({ name: 'Degraded', priority: 2, isOperationalState: false, isOfflineState: false }),
    ],
    'incident-severity': [
      row({ name: 'Minor Incident', order: 3 }),
      row({ name: 'Critical Incident', order: 1 }),
      row({ name: 'Major Incident', order: 2 }),
    ],
    'alert-severity': [row({ name: 'High', order: 1 }), row({ name: 'Low', order: 2 })],
    'telemetry-ingestion-key': [],
    service: [],
  };
}

function list(rows: readonly StoredRow[], select: object, url: URL): Answer {
  const skip = Number(url.searchParams.get('skip') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 10);
  const data = rows.slice(skip, skip + limit).map((row) => pick(row, select));
  return ok({ data, count: rows.length, skip, limit });
}

function pick(row: StoredRow, select: object): object {
  const columns = ['_id', ...Object.keys(select)];
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

/** As its parser gives it back: defaults beside what was sent, some ids wrapped. */
function store(data: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(data), (key, value) => {
    if (key === 'telemetryServiceIds' && Array.isArray(value)) {
      return value.map((id) => ({ _type: 'ObjectID', value: id }));
    }
    if (value?._type === 'MonitorStep') return { ...value, addedByTheServer: null };
    return value;
  });
}

function takeFault(faults: Fault[], method: string, path: string): Fault | undefined {
  const fault = faults.find((each) => each.method === method && each.path.test(path));
  if (fault === undefined) return undefined;
  if (fault.after !== undefined && fault.after > 0) {
    fault.after -= 1;
    return undefined;
  }
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

function answerFault(response: ServerResponse, { status, message, headers }: Fault): void {
  if (status === undefined) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ message: message ?? `fault ${status}` }));
}
