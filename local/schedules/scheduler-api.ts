import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestListener } from '../front-server.ts';
import { readBody } from '../lambda/read-body.ts';
import { createSchedule, type ScheduleRequest, type SchedulerPlace } from './create-schedule.ts';
import { SchedulerRefusal } from './scheduler-refusal.ts';
import { type LocalSchedule, scheduleArn } from './start-schedules.ts';

const MAX_BODY_BYTES = 2 * 1_048_576;
const MAX_RESULTS = 100;

/** EventBridge Scheduler's REST API: CreateSchedule, GetSchedule, DeleteSchedule, ListSchedules. */
export function createSchedulerApi(place: SchedulerPlace): RequestListener {
  return (request, response) => void answer(request, response, place);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  place: SchedulerPlace,
): Promise<void> {
  try {
    const body = await readBody(request, MAX_BODY_BYTES);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, name = ''] = /^\/schedules\/([^/]+)$/.exec(pathname) ?? [];
    const call = { name: decode(name), query: searchParams, body };
    const run = OPERATIONS[`${request.method} ${name === '' ? pathname : '/schedules/{Name}'}`];
    if (run === undefined) {
      throw new SchedulerRefusal(
        404,
        'UnknownOperationException',
        `${request.method} ${pathname} is not served here: only Create, Get, Delete and ListSchedules are.`,
      );
    }
    send(response, 200, run(call, place));
  } catch (error) {
    const known = error instanceof SchedulerRefusal;
    response.setHeader('x-amzn-errortype', known ? error.code : 'InternalServerException');
    send(response, known ? error.statusCode : 500, { Message: (error as Error).message });
  }
}

interface Call {
  name: string;
  query: URLSearchParams;
  /** Undefined when it is too large. */
  body: string | undefined;
}

const OPERATIONS: Readonly<Record<string, (call: Call, place: SchedulerPlace) => object>> = {
  'POST /schedules/{Name}': ({ name, body }, place) => ({
    ScheduleArn: createSchedule(name, readJson(body), place),
  }),
  'GET /schedules/{Name}': (call, place) => {
    const { request = {}, ...schedule } = find(call, place);
    const { ClientToken: _, ...settings } = request;
    return {
      ActionAfterCompletion: 'NONE',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpression: schedule.expression,
      Target: { Arn: schedule.targetArn, Input: schedule.input },
      ...settings,
      ...summarize(schedule),
      Arn: schedule.arn,
    };
  },
  'DELETE /schedules/{Name}': (call, place) => {
    place.runner.remove(find(call, place).arn);
    return {};
  },
  'GET /schedules': ({ query }, { runner }) => {
    const group = query.get('ScheduleGroup');
    const from = Number(query.get('NextToken') ?? 0);
    const limit = Math.min(Number(query.get('MaxResults') ?? MAX_RESULTS), MAX_RESULTS);
    const found = runner
      .list()
      .filter((each) => group === null || each.group === group)
      .filter((each) => each.name.startsWith(query.get('NamePrefix') ?? ''));
    const Schedules = found.slice(from, from + limit).map((each) => ({
      ...summarize(each),
      Target: { Arn: each.targetArn },
    }));
    return { Schedules, ...(from + limit < found.length && { NextToken: String(from + limit) }) };
  },
};

function find({ name, query }: Call, { runner, account }: SchedulerPlace): LocalSchedule {
  const found = runner.get(scheduleArn(query.get('groupName') ?? 'default', name, account));
  if (found !== undefined) return found;
  throw new SchedulerRefusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
}

function summarize({ arn, name, group, createdAt }: LocalSchedule) {
  const seconds = createdAt.getTime() / 1000;
  return {
    Arn: arn,
    Name: name,
    GroupName: group,
    State: 'ENABLED',
    CreationDate: seconds,
    LastModificationDate: seconds,
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new SchedulerRefusal(400, 'ValidationException', `${segment} is not encoded.`);
  }
}

function readJson(body: string | undefined): ScheduleRequest {
  try {
    const input: unknown = JSON.parse(body ?? '');
    if (typeof input === 'object' && input !== null) return input as ScheduleRequest;
  } catch {}
  throw new SchedulerRefusal(400, 'ValidationException', 'The request body is not a JSON object.');
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
