import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Enqueued } from '../../../lib/producer/enqueue-one.ts';
import type { EnqueueOptions } from '../../../lib/producer/enqueue-options.ts';
import { createProducer } from '../../../lib/producer.ts';
import type { TaskState } from '../../../lib/state.ts';
import type { Task } from '../../../lib/task/define-task.ts';
import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { enqueueLines } from '../../enqueue/enqueue-lines.ts';
import { loadContract } from '../../project/load-contract.ts';
import { loadProject } from '../../project/load-project.ts';
import { findQueueUrl } from '../../queues/find-queue-url.ts';
import { type System, type SystemOptions, withSystem } from '../../system/open-system.ts';
import { openTaskState, tableOf } from '../../system/open-task-state.ts';
import { UsageError } from '../../usage-error.ts';
import { withInterrupt } from '../../with-interrupt.ts';

interface EnqueueCommandOptions extends SystemOptions {
  task: string;
  payload?: string;
  json?: boolean;
  queue?: string;
  delay?: string;
  group?: string;
  table?: string;
}

/** `leadline enqueue`: code 1 where something was not sent, 2 where one payload does not fit. */
export async function enqueue(
  context: CommandContext,
  ending: Ending,
  given: EnqueueCommandOptions,
): Promise<void> {
  const task = await loadContract(context.directory, given.task);
  const options = readOptions(given);
  const source = openSource(context, given.payload ?? '{}');
  // Before AWS is asked for anything.
  const payload = 'payload' in source ? parse(await source.payload) : undefined;
  await withSystem(context, given, async (system) => {
    const queue = given.queue ?? task.queue;
    const url = await findQueueUrl(system, queue);
    const state = await findState(context, system, given.table);
    const producer = createProducer({
      queues: { [queue]: { url } },
      client: system.sqs,
      ...(state && { state }),
    });
    if ('lines' in source) {
      return sendLines(context, ending, { producer, task, options, ...source, json: given.json });
    }
    const enqueued = await producer.enqueue(task, payload, options).catch(explainRefused);
    tell(context, enqueued, given.json === true);
  });
}

/** Where the stage keeps state, a task has a record before it is sent: it can be found, and revoked. */
async function findState(
  { directory }: CommandContext,
  system: System,
  table: string | undefined,
): Promise<TaskState | undefined> {
  if (table === undefined && system.local?.table === undefined) {
    if (system.local !== undefined) return undefined;
    const stage = await loadProject(directory, system.stage).catch(() => undefined);
    if (!stage?.taskState) return undefined;
  }
  return openTaskState(system, tableOf(system, table));
}

/** What of the options SQS sees; the producer checks them. */
function readOptions({ queue, delay, group }: EnqueueCommandOptions): EnqueueOptions {
  return {
    ...(queue !== undefined && { queue }),
    ...(delay !== undefined && { delaySeconds: delay.trim() === '' ? Number.NaN : Number(delay) }),
    ...(group !== undefined && { groupId: group }),
  };
}

type Source = { payload: Promise<string> | string } | { lines: AsyncIterable<Uint8Array | string> };

function openSource({ terminal, directory }: CommandContext, payload: string): Source {
  if (payload === '-') return { lines: terminal.input };
  if (!payload.startsWith('@')) return { payload };
  const file = resolve(directory, payload.slice(1));
  if (/\.(ndjson|jsonl)$/.test(file)) return { lines: readPieces(file) };
  return { payload: readFile(file, 'utf8').catch(explainUnreadable) };
}

/** Opened when it is read: a stream that fails while nobody listens ends the process. */
async function* readPieces(file: string): AsyncGenerator<Uint8Array> {
  let begun = false;
  try {
    for await (const piece of createReadStream(file)) {
      begun = true;
      yield piece;
    }
  } catch (error) {
    // What fails in the middle was not typed wrongly, and a part of it is sent.
    if (begun) throw error;
    explainUnreadable(error as Error);
  }
}

function explainUnreadable({ message }: Error): never {
  throw new UsageError(`The payload cannot be read: ${message}`);
}

/** Without the parser's message, which quotes the payload. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UsageError(
      'The payload is not JSON. Quote it for the shell: \'{"order_id":"o-1"}\'.',
    );
  }
}

/** What does not fit was typed so; what SQS did not take is a problem of another kind. */
function explainRefused(error: Error & { code?: string }): never {
  if (error.code === 'ENQUEUE_FAILED') throw error;
  throw new UsageError(`Nothing was sent. ${error.message}`, { cause: error });
}

interface Lines {
  producer: ReturnType<typeof createProducer>;
  task: Task;
  options: EnqueueOptions;
  lines: AsyncIterable<Uint8Array | string>;
  json: boolean | undefined;
}

async function sendLines(context: CommandContext, ending: Ending, parts: Lines): Promise<void> {
  const { terminal } = context;
  const progress = terminal.progress('messages enqueued');
  let sent = 0;
  const result = await withInterrupt((signal) =>
    enqueueLines({
      ...parts,
      input: parts.lines,
      signal,
      onEnqueued: ({ id }) => {
        sent += 1;
        progress.update(sent);
        if (!parts.json && !terminal.canRedraw) terminal.print(id);
      },
    }),
  ).finally(() => progress.stop());
  const { enqueued, problems, stoppedAtLine } = result;
  if (stoppedAtLine !== undefined) ending.code = 1;
  if (parts.json) {
    return terminal.print(JSON.stringify({ task: parts.task.name, ...result }, undefined, 2));
  }
  for (const [message, same] of Map.groupBy(problems, (problem) => problem.message)) {
    terminal.complain(`${describeLines(same.map(({ line }) => line))}: ${message}`);
  }
  const all = `${enqueued} ${enqueued === 1 ? 'message' : 'messages'} enqueued`;
  if (stoppedAtLine === undefined) return terminal.complain(`${all}.`);
  terminal.complain(`${all}; nothing from line ${stoppedAtLine} on was sent.`);
}

const MAX_NAMED = 10;

function describeLines(lines: readonly number[]): string {
  const named = lines.slice(0, MAX_NAMED).join(', ');
  const others = lines.length - MAX_NAMED;
  return `${lines.length === 1 ? 'line' : 'lines'} ${named}${others > 0 ? ` and ${others} more` : ''}`;
}

function tell({ terminal }: CommandContext, enqueued: Enqueued, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(enqueued, undefined, 2));
    return;
  }
  terminal.print(enqueued.id);
  terminal.complain(`${enqueued.task} enqueued on ${enqueued.queue}`);
}
