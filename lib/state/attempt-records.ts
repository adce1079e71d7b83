import { type Item, numberOf, textOf } from './attribute-values.ts';
import { hashedKey, keptId, taskKey } from './keys.ts';
import type { ChangeResult, TableCalls } from './table-calls.ts';
import { errorOf } from './task-record.ts';

/** An attempt as its record has it. */
export interface AttemptFacts {
  readonly id: string;
  readonly task: string;
  readonly queue: string;
  readonly attempt: number;
  readonly enqueuedAt?: Date;
  readonly traceId?: string;
  readonly requestId: string;
  readonly workflow?: { readonly id: string; readonly step: number };
  /** Of this attempt and no other, the same task's included. */
  readonly owner: string;
  /** Where the effect has a key of its own: its item, beside the task's. @default the task's item */
  readonly effectKey?: string;
}

export interface StartOptions {
  /** Whether a run that is under way or done elsewhere keeps this one from running. */
  exclusive: boolean;
  /** Whether it comes from a dead-letter queue, so that a failed task may run again. */
  redriven: boolean;
  /** When this attempt can no longer be running, by `Date.now()`: a dead worker loses it then. */
  leaseUntil: number;
}

export type Start =
  /** With the runs that were begun so far, this one included; deliveries that were put back are none. */
  | { kind: 'started'; runs: number }
  /** It ended before; without exclusiveness it runs again, and its record stays. */
  | { kind: 'ended' }
  /** `error`: why its result was not kept. */
  | { kind: 'completed'; resultJson?: string; error?: RecordedError; traceId?: string }
  | { kind: 'revoked' }
  | { kind: 'busy'; until: number };

export type AttemptEnd =
  | { kind: 'completed'; resultJson?: string; error?: RecordedError }
  /** `putBack`: its work was not begun, and this delivery is no attempt. */
  | { kind: 'retrying'; error?: RecordedError; putBack?: boolean }
  | { kind: 'failed'; error: RecordedError }
  | { kind: 'revoked' };

export interface RecordedError {
  type: string;
  message: string;
}

/** Writes where an attempt is. Records only go forward: the first that ends a task has the say. */
export interface AttemptRecords {
  start(facts: AttemptFacts, options: StartOptions, signal: AbortSignal): Promise<Start>;
  /**
   * @returns whether it was written: not where the task has ended, nor a failure or a retry where
   * another attempt runs. What has completed is written whoever runs, so that it runs no more.
   */
  end(facts: AttemptFacts, end: AttemptEnd, signal: AbortSignal): Promise<boolean>;
}

/** As long as SQS keeps a message at the most, and a day: a task that has not ended. */
export const OPEN_SECONDS: number = 15 * 86_400;

export function createAttemptRecords(
  { change }: Pick<TableCalls, 'change'>,
  keepSeconds: number,
): AttemptRecords {
  return {
    async start(facts, options, signal) {
      const now = Date.now();
      const result = await change(keyOf(facts), startChange(facts, options, now), signal);
      if (!result.applied) return explainRefusal(result, options, now);
      return { kind: 'started', runs: numberOf(result.item ?? {}, 'runs') ?? 1 };
    },
    async end(facts, end, signal) {
      const endChange = describeEnd(facts, end, Date.now(), keepSeconds);
      return (await change(keyOf(facts), endChange, signal)).applied;
    },
  };
}

function keyOf({ id, task, effectKey }: AttemptFacts): string {
  return effectKey === undefined ? taskKey(id) : hashedKey('effect', task, effectKey);
}

/** What every write says of its task, so that a record that is gone is whole again. */
function identity(
  { id, task, queue, attempt, requestId, enqueuedAt, traceId, workflow, effectKey }: AttemptFacts,
  now: number,
  keptSeconds: number,
) {
  const set = [
    '#kind = :kind, #id = :id, #task = :task, #queue = :queue, #attempts = :attempt',
    '#request_id = :request, #updated_at = :now, #expires_at = :expires',
    '#enqueued_at = if_not_exists(#enqueued_at, :enqueued)',
    ...(traceId === undefined ? [] : ['#trace_id = if_not_exists(#trace_id, :trace)']),
    ...(workflow === undefined ? [] : ['#workflow_id = :workflow, #workflow_step = :step']),
  ];
  const values = {
    kind: effectKey === undefined ? 'task' : 'effect',
    id: keptId(id),
    task,
    queue,
    attempt,
    request: requestId,
    now,
    expires: Math.ceil(now / 1000) + keptSeconds,
    enqueued: enqueuedAt?.getTime() ?? now,
    trace: traceId,
    workflow: workflow?.id,
    step: workflow?.step,
  };
  return { set, values };
}

function startChange(facts: AttemptFacts, options: StartOptions, now: number) {
  const { exclusive, redriven, leaseUntil } = options;
  const { set, values } = identity(facts, now, OPEN_SECONDS);
  // What a revoked message was to do, another one of the same key may do yet.
  const isEffect = facts.effectKey !== undefined;
  // AND goes before OR. Without parentheses, of which each doubles the time of dynalite's parser.
  const wanted = 'attribute_not_exists(#revoke_requested) AND #status';
  const open = exclusive
    ? `${wanted} IN (:queued, :retrying, :failed${isEffect ? ', :revoked' : ''}) OR ${wanted} = :running AND #lease_until < :now`
    : `${wanted} IN (:queued, :retrying, :running${redriven ? ', :failed' : ''})`;
  // What is redriven has all its attempts again.
  const runs = redriven ? ':one' : 'if_not_exists(#runs, :none) + :one';
  return {
    update: `SET #status = :running, ${set.join(', ')}, #started_at = :now, #owner = :owner, #lease_until = :lease, #runs = ${runs} REMOVE #finished_at, #result`,
    // Its owner may have written it before, by a call whose answer was lost.
    condition: `attribute_not_exists(#pk) OR #owner = :owner OR ${open}`,
    values: {
      ...values,
      running: 'running',
      queued: 'queued',
      retrying: 'retrying',
      ...((exclusive || redriven) && { failed: 'failed' }),
      ...(exclusive && isEffect && { revoked: 'revoked' }),
      owner: facts.owner,
      lease: leaseUntil,
      one: 1,
      ...(!redriven && { none: 0 }),
    },
    returnItem: true,
  };
}

function explainRefusal({ item }: ChangeResult, { exclusive }: StartOptions, now: number): Start {
  // Gone since: its time was over.
  if (item === undefined) return { kind: 'busy', until: now };
  const status = textOf(item, 'status');
  if (status === 'completed' && exclusive) {
    const resultJson = textOf(item, 'result');
    const error = errorOf(item);
    const traceId = textOf(item, 'trace_id');
    return {
      kind: 'completed',
      ...(resultJson !== undefined && { resultJson }),
      ...(error && { error }),
      ...(traceId !== undefined && { traceId }),
    };
  }
  if (status === 'revoked') return { kind: 'revoked' };
  if (status === 'completed' || status === 'failed') return { kind: 'ended' };
  if (item['revoke_requested'] !== undefined) return { kind: 'revoked' };
  return { kind: 'busy', until: numberOf(item, 'lease_until') ?? now };
}

/** An attempt whose start could not be written may end the task all the same. */
const END_CONDITIONS = {
  completed: 'attribute_not_exists(#pk) OR #status IN (:queued, :retrying, :running)',
  revoked: 'attribute_not_exists(#pk) OR #status IN (:queued, :retrying, :running)',
  failed:
    'attribute_not_exists(#pk) OR #status IN (:queued, :retrying) OR #status = :running AND #owner = :owner OR #status = :running AND #lease_until < :now',
  retrying: '#owner = :owner AND #status = :running',
};

function describeEnd(facts: AttemptFacts, end: AttemptEnd, now: number, keepSeconds: number) {
  const error = 'error' in end ? end.error : undefined;
  const resultJson = 'resultJson' in end ? end.resultJson : undefined;
  const open = end.kind === 'retrying';
  const wasPutBack = end.kind === 'retrying' && end.putBack === true;
  // A dead step may be redriven, and goes on with what the other steps returned.
  const isStep = facts.workflow !== undefined;
  const kept = isStep ? Math.max(keepSeconds, OPEN_SECONDS) : keepSeconds;
  const { set: identitySet, values } = identity(facts, now, open ? OPEN_SECONDS : kept);
  const set = [
    '#status = :status',
    ...identitySet,
    ...(open ? [] : ['#finished_at = :now']),
    ...(resultJson === undefined ? [] : ['#result = :result']),
    ...(error === undefined ? [] : ['#error_type = :type, #error_message = :message']),
    ...(wasPutBack ? ['#runs = #runs - :one'] : []),
  ];
  const remove = [
    '#owner, #lease_until',
    ...(open ? [] : ['#revoke_requested']),
    ...(end.kind === 'completed' && error === undefined ? ['#error_type, #error_message'] : []),
  ];
  return {
    update: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
    condition: END_CONDITIONS[end.kind],
    values: {
      ...values,
      status: end.kind,
      running: 'running',
      ...(!open && { queued: 'queued', retrying: 'retrying' }),
      ...((open || end.kind === 'failed') && { owner: facts.owner }),
      result: resultJson,
      type: error?.type,
      message: error?.message,
      one: wasPutBack ? 1 : undefined,
    },
  };
}

/** What a queued task's item is, before anything has run. */
export function queuedItem(
  facts: Pick<AttemptFacts, 'id' | 'task' | 'queue' | 'traceId' | 'workflow'> & {
    notBefore?: Date;
  },
  now: number,
): Item & { pk: string } {
  const { id, task, queue, traceId, workflow } = facts;
  // SQS keeps a message from when it gets it, which may be months from now.
  const onQueueAt = Math.max(now, facts.notBefore?.getTime() ?? now);
  return {
    pk: taskKey(id),
    kind: 'task',
    id: keptId(id),
    status: 'queued',
    task,
    queue,
    attempts: 0,
    enqueued_at: now,
    updated_at: now,
    expires_at: Math.ceil(onQueueAt / 1000) + OPEN_SECONDS,
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(workflow && { workflow_id: workflow.id, workflow_step: workflow.step }),
  };
}
