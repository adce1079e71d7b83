import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Health } from '../../../lib/health/check-health.ts';
import { createHealthHandler, type HealthOptions } from '../../../lib/health.ts';
import type { LastExport } from '../../../lib/instrumentation/telemetry-handle.ts';
import { toPrometheus } from '../../../lib/prometheus.ts';
import { startAws } from '../../support/aws-stand-in/start-aws.ts';
import { lambdaContext } from '../worker/lambda-context.ts';

export interface Asking {
  /** @default 'GET' */
  method?: string;
  /** `Authorization` */
  authorization?: string;
  query?: Record<string, string>;
}

/** The health function against AWS's stand-in; open, unless the test says otherwise. */
export async function startHealth(options: Partial<HealthOptions> = {}) {
  const aws = await startAws();
  const lines: string[] = [];
  let flushes = 0;
  let last: LastExport | undefined;
  const create = () =>
    createHealthHandler({
      source: { prefix: 'app-' },
      toPrometheus,
      token: 'none',
      clients: aws.clients,
      telemetry: {
        serviceName: 'shop',
        logLevel: 'info',
        traceMode: 'parent',
        flushBeforeResponseMs: 0,
        onShutdown: () => {},
        writeLog: (line) => void lines.push(line),
        flush: async () => {
          flushes += 1;
        },
        lastExport: () => last,
      },
      ...options,
    });
  let handler = create();
  const ask = async (path: string, { method = 'GET', authorization, query }: Asking = {}) => {
    const event = {
      requestContext: { http: { method, path } },
      headers: authorization === undefined ? {} : { authorization },
      ...(query && { queryStringParameters: query }),
    };
    return handler(event as unknown as APIGatewayProxyEventV2, lambdaContext(10_000));
  };
  return {
    aws,
    lines,
    flushes: () => flushes,
    exported: (next: LastExport) => {
      last = next;
    },
    /** Another instance: nothing is cached. */
    restart: () => {
      handler = create();
    },
    ask,
    health: async (query?: Record<string, string>) => {
      const response = await ask('/health', query && { query });
      return { status: response.statusCode, ...bodyOf(response) };
    },
    metrics: async () => (await ask('/metrics')).body ?? '',
  };
}

export function bodyOf({ body = '' }: APIGatewayProxyStructuredResultV2): { body: Health } {
  return { body: JSON.parse(body) };
}
