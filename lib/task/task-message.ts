import { v7 as uuidv7 } from 'uuid';
import { InvalidMessage } from '../errors/invalid-message.ts';

/** The version that this code writes, and the newest that it reads. */
export const MESSAGE_VERSION = 1;

/** SQS's limit for body and attributes together: 1 MiB. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Trace context as it travels: propagator fields such as `traceparent` and their values. */
export type TraceFields = Readonly<Record<string, string>>;

/** One message of a task, as docs/wire-format.md has it. */
export interface TaskMessage {
  readonly v: number;
  readonly id: string;
  readonly task: string;
  readonly payload: unknown;
  readonly enqueuedAt?: Date;
  /** Until when it was delayed on purpose. */
  readonly notBefore?: Date;
  /** Name of the schedule that it was sent by. */
  readonly schedule?: string;
  /** Only where the SQS message attributes had no room for it. */
  readonly trace?: TraceFields;
  /** The chain or group that it is part of, and its place in there from 0. */
  readonly workflow?: WorkflowPlace;
}

export interface WorkflowPlace {
  readonly id: string;
  readonly step: number;
}

/** A message as it was read, with the attributes of an SNS envelope that it came in, if it did. */
export interface DecodedMessage extends TaskMessage {
  readonly envelopeAttributes?: TraceFields;
}

/** Task ids sort by the time that they were made at: RFC 9562, UUID version 7. */
export function createTaskId(): string {
  return uuidv7();
}

/**
 * The body to send.
 * JSON.stringify escapes control characters and lone surrogates; U+FFFE and U+FFFF are escaped
 * here, since SQS refuses a body that holds them.
 */
export function encodeMessage(message: Omit<TaskMessage, 'v'>): string {
  const json = JSON.stringify({
    v: MESSAGE_VERSION,
    id: message.id,
    task: message.task,
    payload: message.payload,
    enqueued_at: message.enqueuedAt?.toISOString(),
    not_before: message.notBefore?.toISOString(),
    schedule: message.schedule,
    trace: message.trace,
    workflow: message.workflow,
  });
  return escapeRefused(json);
}

/** Escapes what SQS refuses in a body and JSON.stringify leaves as it is. */
export function escapeRefused(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

/**
 * Reads a body. Only `task` and `payload` are required, so that any language can write one;
 * `fallbackId` (the SQS message id) stands in for a missing id.
 *
 * @throws InvalidMessage when it is not one. Never anything else, whatever the input.
 */
export function decodeMessage(body: string, fallbackId: string): DecodedMessage {
  const outer = parseObject(body);
  // SNS wraps what was published unless raw message delivery is on.
  if (outer['Type'] === 'Notification' && typeof outer['Message'] === 'string') {
    const envelopeAttributes = readEnvelopeAttributes(outer['MessageAttributes']);
    return { ...readMessage(parseObject(outer['Message']), fallbackId), envelopeAttributes };
  }
  return readMessage(outer, fallbackId);
}

type JsonObject = Record<string, unknown>;

function parseObject(json: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new InvalidMessage('The body is not JSON.', { cause: error });
  }
  if (!isObject(value)) throw new InvalidMessage('The body is not a JSON object.');
  return value;
}

function readMessage(body: JsonObject, fallbackId: string): TaskMessage {
  const { v = MESSAGE_VERSION, id = fallbackId, task, payload } = body;
  if (!Number.isInteger(v) || (v as number) < 1) {
    throw new InvalidMessage('"v" is not a whole number of 1 or more.');
  }
  if ((v as number) > MESSAGE_VERSION) return readNewer(v as number, body, fallbackId);
  if (typeof id !== 'string' || id === '') throw new InvalidMessage('"id" is not a string.');
  if (typeof task !== 'string' || task === '') {
    throw new InvalidMessage('"task", the name of the task, is missing or not a string.');
  }
  if (payload === undefined) throw new InvalidMessage('"payload" is missing.');
  const enqueuedAt = readDate(body['enqueued_at']);
  const notBefore = readDate(body['not_before']);
  const schedule = readName(body['schedule']);
  const workflow = readWorkflow(body['workflow']);
  return {
    v: v as number,
    id,
    task,
    payload,
    ...(enqueuedAt && { enqueuedAt }),
    ...(notBefore && { notBefore }),
    ...(schedule && { schedule }),
    ...(isObject(body['trace']) && { trace: readStrings(body['trace']) }),
    ...(workflow && { workflow }),
  };
}

/** What a newer version looks like is not known here; it is for a newer worker to judge. */
function readNewer(v: number, { id, task, payload }: JsonObject, fallbackId: string): TaskMessage {
  return {
    v,
    id: typeof id === 'string' && id !== '' ? id : fallbackId,
    task: typeof task === 'string' && task !== '' ? task : 'unknown',
    payload,
  };
}

/** A time that cannot be read is left out: it only feeds the waiting time, and no task fails for it. */
function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readName(value: unknown): string | undefined {
  return typeof value === 'string' && value.length >= 1 && value.length <= 100 ? value : undefined;
}

/** What is no place in a workflow is left out: the task itself can run. */
function readWorkflow(value: unknown): WorkflowPlace | undefined {
  if (!isObject(value)) return undefined;
  const { id, step } = value;
  if (typeof id !== 'string' || id === '') return undefined;
  return Number.isInteger(step) && (step as number) >= 0 ? { id, step: step as number } : undefined;
}

function readStrings(fields: JsonObject): TraceFields {
  const strings = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(strings);
}

/** SNS writes `{"traceparent":{"Type":"String","Value":"00-..."}}`. */
function readEnvelopeAttributes(attributes: unknown): TraceFields {
  if (!isObject(attributes)) return {};
  return readStrings(
    Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, isObject(value) && value['Value']]),
    ),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
