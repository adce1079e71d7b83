import type { IncomingMessage, ServerResponse } from 'node:http';
import { SCOPE_VERSION } from '../../lib/instrumentation/scope.ts';
import { type ApiRoute, createRoutes } from './console-routes.ts';
import type { ConsoleSource } from './console-source.ts';
import { createDeadLetterDesk } from './dead-letter-desk.ts';
import { createEventHub } from './events/event-hub.ts';
import { publishChanges } from './events/publish-changes.ts';
import { answerError } from './http/answer-error.ts';
import { checkRequest } from './http/check-request.ts';
import { ConsoleRefusal, notFound } from './http/console-refusal.ts';
import { pageDirectory as findPage } from './http/page-directory.ts';
import { readJsonBody } from './http/read-json-body.ts';
import { readTopics } from './http/read-query.ts';
import { servePage } from './http/serve-page.ts';
import { createQueueMonitor } from './queues/queue-monitor.ts';
import { createRunIndex } from './runs/run-index.ts';

export interface Console {
  /** Whether a path is the console's: the page, what it loads, and its API. */
  handles(url: string | undefined): boolean;
  listen(request: IncomingMessage, response: ServerResponse): void;
  /** Ends its streams and its timers. */
  stop(): void;
}

export interface ConsoleOptions {
  source: ConsoleSource;
  /** Of the built page. @default dist/console of this package */
  pageDirectory?: string;
  /** @default 10_000 */
  maxRuns?: number;
}

const API = '/console/api/';
const PAGE = /^\/(?:$|assets\/)/;

/** The console of a source, as a request listener of `node:http`. It serves nobody but this machine. */
export function createConsole(options: ConsoleOptions): Console {
  const { source, pageDirectory = findPage(), maxRuns = 10_000 } = options;
  const index = createRunIndex({ maxRuns });
  const unsubscribe = source.feed?.subscribe(index.add);
  const hub = createEventHub({ onConnect: (topics) => onConnect(topics) });
  const monitor = createQueueMonitor({
    source,
    isWatched: () => hub.hasListeners('overview'),
    onReading: (reading) => changes.publishReading(reading),
  });
  const changes = publishChanges({ hub, index, hasTelemetry: source.feed !== undefined });
  const onConnect = (topics: ReadonlySet<string>) => {
    if (topics.has('overview')) monitor.wake();
    changes.start();
  };
  const desk = createDeadLetterDesk(source, monitor);
  const routes = createRoutes({ source, index, monitor, desk, version: SCOPE_VERSION, maxRuns });

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    checkRequest(request);
    const url = new URL(request.url ?? '/', 'http://console');
    if (!url.pathname.startsWith(API)) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw useMethod('GET');
      return servePage(request, response, url.pathname, pageDirectory);
    }
    response.setHeader('cache-control', 'no-store');
    const path = url.pathname.slice(API.length);
    if (path === 'events' && request.method === 'GET') {
      if (hub.connect(request, response, readTopics(url.searchParams))) return;
      throw new ConsoleRefusal(503, 'too_many', 'Too many pages of the console are open.');
    }
    const { route, segments } = findRoute(routes, request.method ?? 'GET', path);
    const body = request.method === 'POST' ? await readJsonBody(request) : {};
    sendJson(response, 200, await route({ segments, query: url.searchParams, body }));
  };

  return {
    handles: (url = '/') => url.startsWith(API) || PAGE.test(url.split('?')[0] ?? ''),
    listen(request, response) {
      // The client may leave at any time, and an 'error' without a listener ends the process.
      response.on('error', () => {});
      request.on('error', () => {});
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      serve(request, response).catch((error: unknown) => {
        const { status, problem } = answerError(error);
        response.setHeader('cache-control', 'no-store');
        // What is left of a body is not read.
        if (!request.complete) response.setHeader('connection', 'close');
        sendJson(response, status, problem);
      });
    },
    stop() {
      unsubscribe?.();
      changes.stop();
      monitor.stop();
      hub.close();
    },
  };
}

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function findRoute(
  routes: Readonly<Record<string, ApiRoute>>,
  method: string,
  path: string,
): { route: ApiRoute; segments: string[] } {
  const segments = path.split('/').map(decode);
  const pattern = segments.map((segment, index) => (index === 1 ? '*' : segment)).join('/');
  const find = (each: string) =>
    Object.hasOwn(routes, `${each} ${pattern}`) ? routes[`${each} ${pattern}`] : undefined;
  const route = find(method);
  if (route !== undefined) return { route, segments };
  const other = ['GET', 'POST'].find((each) => find(each) !== undefined);
  throw other === undefined
    ? notFound(`There is no ${API}${path.slice(0, 80)}.`)
    : useMethod(other);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ConsoleRefusal(
      400,
      'bad_request',
      'The path is not percent-encoded as it should be.',
    );
  }
}

function useMethod(method: string): ConsoleRefusal {
  return new ConsoleRefusal(405, 'method', `Use ${method}.`);
}

function sendJson(response: ServerResponse, status: number, answer: unknown): void {
  if (response.headersSent) return void response.destroy();
  const bytes = Buffer.from(JSON.stringify(answer));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}
