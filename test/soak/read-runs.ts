import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from './functions/tasks/run-record.ts';
import type { Act } from './functions/tasks/soak-task.ts';

/** What a message's own runs have written, over all processes. */
export interface MessageRuns {
  starts: number;
  /** How runs ended, as far as they came to an end. */
  ends: Map<Act | 'unfinished', number>;
  /** AWS request ids of the invocations that did its work to the end, in the order in which they did. */
  effects: string[];
  /** Of those whose worker went on to tell task state of it. */
  said: Set<string>;
  /** How often it was acknowledged without a run, as done before. */
  acknowledged: number;
  /** The lines without the id, in their order: event, attempt, act, invocation. */
  history: string[];
}

export interface Runs {
  byId: ReadonlyMap<string, MessageRuns>;
  /** Messages that were handed to a worker, over all batches. */
  delivered: number;
}

interface Line {
  event: RunEvent;
  id: string;
  count: number;
  act: string;
  requestId: string;
  at: number;
}

export async function readRuns(directory: string): Promise<Runs> {
  const byId = new Map<string, MessageRuns>();
  let delivered = 0;
  for (const { event, id, count, act, requestId } of await readLines(directory)) {
    if (event === 'batch') {
      delivered += count;
      continue;
    }
    const own: MessageRuns = byId.get(id) ?? noRuns();
    byId.set(id, own);
    own.history.push(`${event} ${count} ${act} ${requestId.slice(0, 8)}`);
    if (event === 'start') own.starts += 1;
    else if (event === 'said') own.said.add(requestId);
    else if (event === 'duplicate') own.acknowledged += 1;
    else own.ends.set(act as Act, (own.ends.get(act as Act) ?? 0) + 1);
    if (event === 'end' && act === 'succeed') own.effects.push(requestId);
  }
  return { byId, delivered };
}

export function noRuns(): MessageRuns {
  return {
    starts: 0,
    ends: new Map(),
    effects: [],
    said: new Set(),
    acknowledged: 0,
    history: [],
  };
}

async function readLines(directory: string): Promise<Line[]> {
  const files = await readdir(directory);
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  return lines.map(parseLine).toSorted((one, other) => one.at - other.at);
}

function parseLine(line: string): Line {
  const [event, id = '', count, act = '', requestId = '', at] = line.split(' ');
  return { event: event as RunEvent, id, count: Number(count), act, requestId, at: Number(at) };
}
