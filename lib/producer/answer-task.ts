import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { TaskState } from '../state/create-task-state.ts';
import type { TaskRecord } from '../state/task-record.ts';
import type { WorkflowRecord } from '../state/workflow-records.ts';
import { jsonResponse } from './json-response.ts';
import { problemResponse } from './problem.ts';

/** HTTP API gives up after 30 s. */
const MAX_WAIT_SECONDS = 20;

/** Answers `GET /tasks/{id}`; with `?wait=seconds` when it has ended, or when they are over. */
export async function answerRead(
  event: APIGatewayProxyEventV2,
  state: TaskState | undefined,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (state === undefined) return noState();
  const id = event.pathParameters?.['id'] ?? '';
  const wait = event.queryStringParameters?.['wait'] ?? '0';
  const seconds = /^\d{1,2}$/.test(wait) ? Number(wait) : Number.NaN;
  if (!(seconds <= MAX_WAIT_SECONDS)) {
    const detail = `wait is "${wait.slice(0, 20)}"; use whole seconds from 0 to ${MAX_WAIT_SECONDS}.`;
    return problemResponse({ status: 400, detail });
  }
  const record = await state.wait(id, seconds * 1000);
  if (record === undefined) return unknownTask(id);
  return jsonResponse(200, describeRecord(record), { 'cache-control': 'no-store' });
}

/** Answers `DELETE /tasks/{id}`: 200 when it will not run, 202 when its run is being aborted. */
export async function answerRevoke(
  event: APIGatewayProxyEventV2,
  state: TaskState | undefined,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (state === undefined) return noState();
  const id = event.pathParameters?.['id'] ?? '';
  const revocation = await state.revoke(id);
  switch (revocation.kind) {
    case 'revoked':
      return jsonResponse(200, { id, status: 'revoked' });
    case 'revoking':
      return jsonResponse(202, { id, status: 'running', revoking: true });
    case 'ended':
      return problemResponse({
        status: 409,
        detail: `The task has ended: it is ${revocation.status}.`,
      });
    case 'unknown':
      return unknownTask(id);
  }
}

function noState(): APIGatewayProxyStructuredResultV2 {
  return problemResponse({ status: 501, detail: 'Task state is off here: nothing is recorded.' });
}

function unknownTask(id: string): APIGatewayProxyStructuredResultV2 {
  return problemResponse({
    status: 404,
    detail: `There is no record of task "${id.slice(0, 80)}".`,
  });
}

/** A record as the API gives it: names in lower case with underscores, times by RFC 3339. */
function describeRecord(record: TaskRecord | WorkflowRecord): object {
  const { kind, id, status, enqueuedAt, finishedAt, result, traceId } = record;
  const times = {
    enqueued_at: enqueuedAt?.toISOString(),
    finished_at: finishedAt?.toISOString(),
  };
  if (record.kind !== 'task') {
    const { steps, members, completed, failed } = record;
    const tasks = steps.map((step) => ({ id: step.id, task: step.task, queue: step.queue }));
    const ends = { result, failed, trace_id: traceId };
    return { kind, id, status, completed, members, steps: tasks, ...times, ...ends };
  }
  const { task, queue, attempts, startedAt, error, requestId, workflow } = record;
  return {
    kind,
    id,
    task,
    queue,
    status,
    attempts,
    ...times,
    started_at: startedAt?.toISOString(),
    result,
    error,
    trace_id: traceId,
    worker_request_id: requestId,
    workflow,
  };
}
