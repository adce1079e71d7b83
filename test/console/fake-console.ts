import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type {
  ConsoleEvents,
  ConsoleProblem,
  ConsoleSettings,
} from '../../cli/console/console-api.ts';

/**
 * What the page is served with, and no other: an inline script or style, or anything from elsewhere,
 * would be a violation.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The answer to a request of the API; a `Problem` is one with its status. */
export type Route = (request: {
  query: URLSearchParams;
  /** What `{}` in the path stands for, in its order. */
  parts: string[];
  body: unknown;
}) => unknown;

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly body: ConsoleProblem;

  constructor(status: number, error: ConsoleProblem['error']) {
    super(error.message);
    this.status = status;
    this.body = { error };
  }
}

export interface FakeConsole {
  readonly url: string;
  /** To all that listen. */
  send<K extends keyof ConsoleEvents>(name: K, data: ConsoleEvents[K]): void;
  /** As a server does that ends. @default they may connect again */
  dropStreams(options?: { refuse: boolean }): void;
  /** Replaces answers. */
  answer(routes: Record<string, Route>): void;
  /** What was asked for, as `GET overview`. */
  readonly requests: string[];
  stop(): Promise<void>;
}

export const settings: ConsoleSettings = {
  source: 'local',
  title: 'local',
  telemetry: true,
  tasks: ['process_order', 'process_payment', 'send_invoice'],
  queues: ['high', 'default', 'low'],
  version: '0.1.0',
  maxRuns: 10_000,
};

/**
 * The console's server for a page in states that a real one takes long to get into. It keeps to
 * console-api.ts and knows nothing: what it answers is given, by `METHOD path` with `{}` for a part.
 */
export async function startFakeConsole(
  directory: string,
  given: Record<string, Route> = {},
): Promise<FakeConsole> {
  const routes: Record<string, Route> = {
    'GET settings': () => settings,
    'GET overview': () => ({ at: Date.now(), queues: [] }),
    'GET tasks': () => ({ at: Date.now(), tasks: [] }),
    'GET runs': () => ({ runs: [] }),
    'GET contracts': () => ({ contracts: [] }),
    ...given,
  };
  const streams = new Set<ServerResponse>();
  const requests: string[] = [];
  let refusesStreams = false;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const api = '/console/api/';
    if (!pathname.startsWith(api)) return sendFile(directory, pathname, response);
    const path = pathname.slice(api.length);
    requests.push(`${request.method} ${path}`);
    if (path === 'events') {
      if (refusesStreams) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return writeEvent(response, 'reset', { reason: 'new' });
    }
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    try {
      const found = findRoute(routes, `${request.method} ${path}`);
      if (found === undefined) {
        throw new Problem(404, { code: 'not_found', message: `There is no ${path}.` });
      }
      sendJson(response, 200, await found.route({ query: searchParams, parts: found.parts, body }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      sendJson(response, error.status, error.body);
    }
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: Error) => {
      response.writeHead(500).end(error.message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    send: (name, data) => {
      for (const stream of streams) writeEvent(stream, name, data);
    },
    dropStreams({ refuse } = { refuse: false }) {
      refusesStreams = refuse;
      for (const stream of streams) stream.destroy();
    },
    answer: (more) => Object.assign(routes, more),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function findRoute(
  routes: Record<string, Route>,
  asked: string,
): { route: Route; parts: string[] } | undefined {
  for (const [pattern, route] of Object.entries(routes)) {
    const escaped = pattern.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll('{}', '([^/]+)');
    const match = new RegExp(`^${escaped}$`).exec(asked);
    if (match) return { route, parts: match.slice(1).map(decodeURIComponent) };
  }
  return undefined;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

async function sendFile(
  directory: string,
  pathname: string,
  response: ServerResponse,
): Promise<void> {
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  const content = await readFile(join(directory, name)).catch(() => undefined);
  if (content === undefined) return void response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_SECURITY_POLICY,
  });
  response.end(content);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function writeEvent(response: ServerResponse, name: string, data: unknown): void {
  response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
