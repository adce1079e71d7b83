import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { Gauge } from '../instrumentation/telemetry-handle.ts';
import { toPrometheusGauge } from '../queues/gauges.ts';
import type { ReadSecretText } from '../queues/secret-text.ts';
import type { Log } from '../task/task-context.ts';
import { type Access, checkAccess } from './access.ts';
import { CHECK_NAMES, type CheckName, type Health } from './check-health.ts';
import type { ReadGauges } from './read-gauges.ts';

type Response = APIGatewayProxyStructuredResultV2;

/** Writes gauges in Prometheus's text format 0.0.4: `toPrometheus` of `leadline/telemetry`. */
export type ToPrometheus = (gauges: readonly Gauge[]) => Promise<string>;

export interface AnswerParts {
  /** Of `Authorization: Bearer`. */
  token: ReadSecretText | 'none' | undefined;
  health: (names: readonly CheckName[]) => Promise<Health>;
  readGauges: ReadGauges;
  toPrometheus: ToPrometheus;
}

/** Answers one request; HEAD as GET without its body. */
export function createAnswer(
  parts: AnswerParts,
): (event: APIGatewayProxyEventV2, log: Log) => Promise<Response> {
  return async (event, log) => {
    const { method, path } = event.requestContext.http;
    const route = ROUTES.find(([ending]) => path.endsWith(ending))?.[1];
    let response: Response;
    if (route === undefined) response = refuse(404, 'Try /health or /metrics.');
    else if (method !== 'GET' && method !== 'HEAD') {
      response = refuse(405, 'Use GET or HEAD.', { allow: 'GET, HEAD' });
    } else {
      response = await withAccess(event, parts, log, route);
    }
    return method === 'HEAD' ? { ...response, body: '' } : response;
  };
}

type Route = (
  event: APIGatewayProxyEventV2,
  access: Access,
  parts: AnswerParts,
  log: Log,
) => Promise<Response>;

async function withAccess(
  event: APIGatewayProxyEventV2,
  parts: AnswerParts,
  log: Log,
  route: Route,
): Promise<Response> {
  let access: Access;
  try {
    access = await checkAccess(parts.token, event.headers?.['authorization']);
  } catch (error) {
    log.error('the token could not be read', { [ERROR_TYPE]: errorType(error) });
    return refuse(503, 'The token could not be read.');
  }
  return access === 'refused' ? unauthorized() : route(event, access, parts, log);
}

/** Answers that were logged: one is given for 10 s. */
const told = new WeakSet<Health>();

const answerHealth: Route = async (event, access, { health }, log) => {
  const asked = event.queryStringParameters?.['check'];
  const names = CHECK_NAMES.filter((name) => asked === undefined || name === asked);
  if (names.length === 0) {
    return refuse(400, `There is no such check; use one of ${CHECK_NAMES.join(', ')}.`);
  }
  const answer = await health(names);
  const { status, checks } = answer;
  if (status === 'unhealthy' && !told.has(answer)) {
    told.add(answer);
    const { broker, workers } = checks;
    log.warn('unhealthy', {
      ...(broker?.reason !== undefined && { 'health.broker': broker.reason }),
      ...(workers?.reason !== undefined && { 'health.workers': workers.reason }),
    });
  }
  // Whoever has no token learns whether it works, as a load balancer must, and nothing of why.
  return json(status === 'healthy' ? 200 : 503, access === 'closed' ? { status } : answer);
};

const answerMetrics: Route = async (_event, access, { readGauges, toPrometheus }, log) => {
  if (access === 'closed') return unauthorized();
  try {
    const gauges = await readGauges();
    return {
      statusCode: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...NOT_STORED },
      body: await toPrometheus(gauges.map(toPrometheusGauge)),
    };
  } catch (error) {
    log.error('the metrics could not be read', { [ERROR_TYPE]: errorType(error) });
    return refuse(503, `The queues cannot be read: ${errorType(error)}`);
  }
};

/** By the path's ending: a stage or a mapping of a domain may stand before it. */
const ROUTES: readonly (readonly [string, Route])[] = [
  ['/health', answerHealth],
  ['/metrics', answerMetrics],
];

const NOT_STORED = { 'cache-control': 'no-store' };

function unauthorized(): Response {
  const challenge = { 'www-authenticate': 'Bearer' };
  return refuse(401, 'Send Authorization: Bearer with the health token.', challenge);
}

function refuse(status: number, detail: string, headers: Record<string, string> = {}): Response {
  return json(status, { detail }, headers);
}

function json(statusCode: number, body: unknown, headers: Record<string, string> = {}): Response {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...NOT_STORED, ...headers },
    body: JSON.stringify(body),
  };
}
