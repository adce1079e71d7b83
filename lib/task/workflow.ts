import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';
import type { Task, TaskInput } from './define-task.ts';

/** One task of a chain or a group. */
export interface Step<T extends Task = Task> {
  readonly task: T;
  /** Absent: what the step before returned is its payload. */
  readonly payload?: unknown;
  readonly options: StepOptions;
}

export interface StepOptions {
  /** Key of the payload that takes what the step before returned. @default the payload is as given */
  readonly resultAs?: string;
  /** FIFO queues: the message group. */
  readonly groupId?: string;
}

/** Tasks one after the other, each with what the one before returned. */
export interface Chain {
  readonly kind: 'chain';
  readonly steps: readonly Step[];
}

/** Tasks side by side, and perhaps one that gets the results of all. */
export interface Group {
  readonly kind: 'group';
  readonly members: readonly Step[];
  readonly follower?: Step;
  /**
   * Adds the task that runs when every member has completed. Without a payload of its own, its
   * payload is the list of their results, in the order of the members.
   *
   * @throws InvalidTaskDefinition when there is one already, or for what is no task.
   */
  then(follower: Task | Step): Group;
}

export type Workflow = Chain | Group;

/** A group's fan-in is one item of a table. */
const MAX_MEMBERS = 1_000;

/**
 * A task with its payload, for a chain or a group. Without a payload, what the step before
 * returned is the payload; with `resultAs` it is put into the payload under that key.
 */
export function step<T extends Task>(
  task: T,
  payload?: Partial<TaskInput<T>> | TaskInput<T>,
  options: StepOptions = {},
): Step<T> {
  return Object.freeze({ task, options, ...(payload !== undefined && { payload }) });
}

/**
 * `chain([step(fetchOrder, { order_id }), priceOrder, step(sendInvoice, { copies: 2 }, { resultAs: 'price' })])`
 *
 * @throws InvalidTaskDefinition without a step, or for what is none.
 */
export function chain(steps: readonly (Task | Step)[]): Chain {
  if (steps.length === 0) throw new InvalidTaskDefinition('A chain without a step has no end.');
  return Object.freeze({ kind: 'chain', steps: Object.freeze(steps.map(toStep)) });
}

/**
 * `group(ids.map((order_id) => step(priceOrder, { order_id }))).then(sendSummary)`
 *
 * @throws InvalidTaskDefinition without a member, or for more than 1,000.
 */
export function group(members: readonly (Task | Step)[]): Group {
  if (members.length === 0 || members.length > MAX_MEMBERS) {
    throw new InvalidTaskDefinition(
      `A group has ${members.length} members; it takes 1 to ${MAX_MEMBERS}.`,
    );
  }
  return toGroup(Object.freeze(members.map(toStep)));
}

function toGroup(members: readonly Step[], follower?: Step): Group {
  return Object.freeze({
    kind: 'group',
    members,
    ...(follower && { follower }),
    // biome-ignore lint/suspicious/noThenProperty: what awaits a group by mistake is told so.
    then(next: Task | Step): Group {
      const step = toStep(next);
      if (follower !== undefined) {
        throw new InvalidTaskDefinition(
          'A group has one task that follows; put a chain behind it.',
        );
      }
      return toGroup(members, step);
    },
  });
}

function toStep(value: Task | Step): Step {
  if (typeof value === 'object' && value !== null) {
    if ('task' in value) return value;
    if ('payload' in value && typeof value.name === 'string') return step(value);
  }
  throw new InvalidTaskDefinition(
    'A chain or group takes tasks and steps. It is no promise: hand it to producer.enqueueWorkflow.',
  );
}
