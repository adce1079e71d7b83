import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Act } from './functions/tasks/soak-task.ts';

/** What a message's own runs have written, over all processes. */
export interface MessageRuns {
  starts: number;
  /** How runs ended, as far as they came to an end. */
  ends: Map<Act | 'unfinished', number>;
  /** The lines without the id: event, attempt, act. */
  history: string[];
}

/** The runs by task id. */
export async function readRuns(directory: string): Promise<Map<string, MessageRuns>> {
  const runs = new Map<string, MessageRuns>();
  for (const file of await readdir(directory)) {
    const lines = (await readFile(join(directory, file), 'utf8')).split('\n');
    for (const line of lines.filter((each) => each !== '')) {
      const [event, id = '', attempt, act = ''] = line.split(' ');
      const own: MessageRuns = runs.get(id) ?? { starts: 0, ends: new Map(), history: [] };
      runs.set(id, own);
      own.history.push(`${event} ${attempt} ${act}`);
      if (event === 'start') own.starts += 1;
      else own.ends.set(act as Act, (own.ends.get(act as Act) ?? 0) + 1);
    }
  }
  return runs;
}
