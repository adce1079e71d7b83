import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { startFauxqs } from 'fauxqs';
import type { SqsRequest } from './sqs-action.ts';
import { SqsRefusal } from './sqs-refusal.ts';

export interface EngineMessage {
  messageId: string;
  /** Epoch milliseconds. */
  sentTimestamp: number;
  approximateReceiveCount: number;
  delayUntil?: number;
}

export interface EngineQueue {
  name: string;
  arn: string;
  attributes: Record<string, string>;
  messages: {
    ready: EngineMessage[];
    delayed: EngineMessage[];
    inflight: { message: EngineMessage; receiptHandle: string; visibilityDeadline: number }[];
  };
}

/** fauxqs as a queue engine inside this process: it opens no port. */
export interface FauxqsEngine {
  /** Runs one SQS action on fauxqs. @throws SqsRefusal */
  call(action: string, request: SqsRequest, region?: string): Promise<Record<string, unknown>>;
  inspectQueue(queueName: string): EngineQueue | undefined;
  stop(): Promise<void>;
}

interface FauxqsApp {
  ready(): Promise<unknown>;
  listen: () => Promise<string>;
  inject(request: {
    method: 'POST';
    url: string;
    headers: Record<string, string>;
    payload: string;
  }): Promise<{ statusCode: number; body: string }>;
}

/**
 * `startFauxqs` and not `buildApp`, because only it takes a `dataDir`; but it listens on every
 * interface. Fastify hands out each instance on the diagnostics channel `fastify.initialization`
 * "to add hooks, plugins, routes, or any other sort of modification" (Fastify's Hooks reference),
 * so `listen` is replaced before fauxqs gets to call it.
 */
export async function startFauxqsEngine(options: {
  region: string;
  dataDirectory?: string | undefined;
}): Promise<FauxqsEngine> {
  const captured: FauxqsApp[] = [];
  const capture = (message: unknown): void => {
    const app = (message as { fastify: FauxqsApp }).fastify;
    app.listen = async () => {
      await app.ready();
      return 'http://127.0.0.1:80';
    };
    captured.push(app);
  };
  subscribe('fastify.initialization', capture);
  // fauxqs builds its app before its first await, so nobody else's app can be captured.
  const starting = startFauxqs({
    port: 0,
    logger: false,
    defaultRegion: options.region,
    ...(options.dataDirectory === undefined ? {} : { dataDir: options.dataDirectory }),
  });
  unsubscribe('fastify.initialization', capture);
  const server = await starting;
  const app = captured[0];
  if (app === undefined) {
    await server.stop();
    throw new Error('fauxqs built no Fastify app that could be kept from the network.');
  }
  return {
    call: (action, request, region) => call(app, action, request, region ?? options.region),
    inspectQueue: (queueName) => server.inspectQueue(queueName) as EngineQueue | undefined,
    stop: () => server.stop(),
  };
}

async function call(
  app: FauxqsApp,
  action: string,
  request: SqsRequest,
  region: string,
): Promise<Record<string, unknown>> {
  const response = await app.inject({
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      // fauxqs takes a queue's region from the signature's scope.
      authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/sqs/aws4_request`,
    },
    payload: JSON.stringify(request),
  });
  const body = JSON.parse(response.body) as Record<string, unknown>;
  if (response.statusCode === 200) return body;
  const type = String(body['__type'] ?? 'InternalError');
  throw new SqsRefusal(type.slice(type.indexOf('#') + 1), String(body['message']));
}
