import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
// biome-ignore lint/correctness/useImportExtensions: it takes the declarations for the module.
import { missingFrom } from '../../scripts/installation.mjs';
import { waitUntil } from '../local/lambda/wait-until.ts';
import type { ProjectCopy } from './copy-project.ts';
import { processGroup } from './process-group.ts';
import { repository } from './repository.ts';

/** Where nothing is promised, and longer than anything takes that works. */
const PATIENCE_MS = 60_000;

export interface LocalStart {
  /** Of npm or of the stack itself, which leads a process group of its own as in a terminal. */
  readonly pid: number;
  /** What it printed so far, stderr included. */
  readonly lines: readonly string[];
  /** Resolves with the first line that matches; looks at those from `after` on. */
  untilLine(pattern: RegExp, options?: { withinMs?: number; after?: number }): Promise<string>;
  /** The URL that the ready line ends with. */
  untilReady(): Promise<string>;
  untilExit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves when no process is left. */
  untilGone(withinMs?: number): Promise<void>;
  /** For clean-up: whatever is left is killed. */
  kill(): Promise<void>;
}

/**
 * `npm start` as a user types it: the host's npm and Node, PORT=0, nothing else set.
 *
 * @throws when packages are missing: `npm start` would install them, below the feet of the tests.
 */
export function npmStart(environment: Record<string, string> = {}): LocalStart {
  const missing = missingFrom(repository);
  if (missing !== undefined) throw new Error(`npm start would install packages: ${missing}.`);
  return start(repository, 'npm', ['start'], environment);
}

/** What `npm start` comes to, in a copy of the project. */
export function startCopy({ directory }: ProjectCopy): LocalStart {
  return start(directory, process.execPath, [join(directory, 'local/main.ts')]);
}

function start(
  cwd: string,
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): LocalStart {
  const child = spawn(command, args, {
    cwd,
    env: { ...hostEnvironment(), PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.push(line));
  }
  let exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  child.once('exit', (code, signal) => {
    exit = { code, signal };
  });

  const self: LocalStart = {
    pid,
    lines,
    async untilLine(pattern, { withinMs = PATIENCE_MS, after = 0 } = {}) {
      const find = () => lines.slice(after).find((line) => pattern.test(line));
      try {
        return await waitUntil(`a line like ${pattern}`, find, withinMs);
      } catch (error) {
        throw new Error(`${(error as Error).message}. What came:\n${lines.join('\n')}`);
      }
    },
    async untilReady() {
      const line = await self.untilLine(/^Leadline is ready/);
      return line.slice(line.lastIndexOf(' ') + 1);
    },
    untilExit: () => waitUntil('its end', () => exit, PATIENCE_MS),
    async untilGone(withinMs = PATIENCE_MS) {
      const isGone = () => exit !== undefined && processGroup(pid).length === 0;
      await waitUntil('the end of all processes', isGone, withinMs).catch((error: Error) => {
        throw new Error(`${error.message}; left: ${processGroup(pid).join(', ')}`);
      });
    },
    async kill() {
      if (processGroup(pid).length > 0) process.kill(-pid, 'SIGKILL');
      await self.untilGone();
    },
  };
  return self;
}

/** Without what npm and vitest put into the environment of their scripts. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_.*|NODE_OPTIONS|NODE_ENV|NODE_CHANNEL_.*|VITEST.*|PORT|QUEUE_DATA_DIR|ONEUPTIME_.*)$/i;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const path = process.env['PATH']?.split(':').filter((part) => !part.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path?.join(':') };
}
