import { Readable } from 'node:stream';
import type { Patience } from '../../cli/oneuptime/api/patience.ts';
import { runCommand } from '../../cli/run-command.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { repository } from './repository.ts';

export interface CommandRun {
  code: number;
  /** stdout and stderr. */
  out: string;
  err: string;
  /** Both: what a secret must not be in. */
  all: string;
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
  json: any;
  /** What it was asked. */
  questions: readonly string[];
  /** The pauses that it made, in ms. */
  pauses: readonly number[];
}

export interface RunOptions {
  environment?: Record<string, string>;
  /** @default the repository */
  directory?: string;
  /** What is typed, answer by answer. @default there is no terminal */
  answers?: readonly string[];
  patience?: Partial<Patience>;
  /** What comes on stdin. @default nothing */
  input?: string;
  /** The one that is a terminal; styles are then written as `<red>`. @default neither */
  coloured?: 'stdout' | 'stderr';
}

/** `leadline ARGS`, in this process: pauses take no time, and nothing of the environment is seen. */
export async function runLeadline(
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandRun> {
  const { environment = {}, directory = repository, answers, coloured, input } = options;
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const pauses: number[] = [];
  const left = [...(answers ?? [])];
  const terminal: Terminal = {
    canAsk: answers !== undefined,
    canRedraw: false,
    input: Readable.from(input === undefined ? [] : [input]),
    gone: new AbortController().signal,
    print: (line) => void out.push(line),
    complain: (line) => void err.push(line),
    redraw: (lines) => void out.push(...lines),
    progress: () => ({ update: () => {}, stop: () => {} }),
    style: (style, text, on = 'stdout') => (coloured === on ? `<${style}>${text}` : text),
    async ask(question, { hidden = false } = {}) {
      questions.push(hidden ? `hidden: ${question}` : question);
      return left.shift() ?? '';
    },
  };
  const patience: Patience = {
    timeoutMs: 5_000,
    pausesMs: 60_000,
    attempts: 4,
    wait: async (ms) => void pauses.push(ms),
    ...options.patience,
  };
  const code = await runCommand(args, { terminal, environment, directory, patience });
  const text = out.join('\n');
  return {
    code,
    out: text,
    err: err.join('\n'),
    all: [...out, ...err].join('\n'),
    get json() {
      return JSON.parse(text);
    },
    questions,
    pauses,
  };
}
