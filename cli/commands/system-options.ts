import type { Command } from 'commander';
import { LOCAL_URL } from '../system/find-local-stack.ts';
import { addStageOptions } from './stage-options.ts';

/** What every command takes that looks at queues: where, and how it answers. */
export function addSystemOptions(command: Command): Command {
  return addStageOptions(command).option(
    '--local [url]',
    `look at a running npm start, and not at AWS (default ${LOCAL_URL})`,
  );
}
