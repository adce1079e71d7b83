import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { openProgress, type Progress } from './output/open-progress.ts';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

/** Where a command writes, and whom it can ask. */
export interface Terminal {
  /** Whether somebody can answer. */
  readonly canAsk: boolean;
  /** Whether stdout is a terminal, which can be drawn over. */
  readonly canRedraw: boolean;
  /** stdin, piece by piece, no faster than it is read. */
  readonly input: AsyncIterable<Uint8Array | string>;
  /** Aborted when whoever reads stdout has had enough, as head has. */
  readonly gone: AbortSignal;
  /** One line of the answer, on stdout. */
  print(line: string): void;
  /** One line about the answer, on stderr. */
  complain(line: string): void;
  /**
   * The text in a style; as it is where nobody would see colours, or wants none.
   *
   * @param on where it is written to, of which one may be a terminal and the other a file. @default 'stdout'
   */
  style(style: Style, text: string, on?: 'stdout' | 'stderr'): string;
  /** Draws the lines in the place of those of the last call. Only where `canRedraw`. */
  redraw(lines: readonly string[]): void;
  /** On stderr where that is a terminal, and nowhere else. */
  progress(what: string): Progress;
  /** The answer, without its newline. Only where `canAsk`. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
}

const CODES: Record<Style, number> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 };

const NO_PROGRESS: Progress = { update: () => {}, stop: () => {} };

/** https://no-color.org: NO_COLOR, whatever it holds unless it is empty, means no colours. */
export function openTerminal({
  stdin,
  stdout,
  stderr,
  env,
}: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>): Terminal {
  // Whoever reads may have had enough, as head has: what is left is for nobody.
  const gone = new AbortController();
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === stdout) gone.abort();
    });
  }
  const wanted = !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const coloured = {
    stdout: wanted && Boolean(stdout.isTTY),
    stderr: wanted && Boolean(stderr.isTTY),
  };
  return {
    canAsk: Boolean(stdin.isTTY) && Boolean(stderr.isTTY),
    canRedraw: Boolean(stdout.isTTY),
    input: stdin,
    gone: gone.signal,
    print: (line) => void stdout.write(`${line}\n`),
    complain: (line) => void stderr.write(`${line}\n`),
    style: (style, text, on = 'stdout') =>
      coloured[on] ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text,
    // To the upper left, and nothing below what is drawn.
    redraw: (lines) => void stdout.write(`\u001b[H\u001b[2J${lines.join('\n')}\n`),
    progress: (what) => (stderr.isTTY ? openProgress(stderr, what) : NO_PROGRESS),
    async ask(question, { hidden = false } = {}) {
      // On stderr, so that what is piped on from stdout is the answer alone.
      stderr.write(question);
      // readline echoes what is typed to its output: a hidden answer goes nowhere.
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({
        input: stdin,
        output: hidden ? nowhere : stderr,
        terminal: true,
      });
      try {
        return await new Promise<string>((resolve, reject) => {
          lines.once('line', resolve);
          lines.once('SIGINT', () => reject(new Error('Interrupted.')));
          lines.once('close', () => resolve(''));
        });
      } finally {
        lines.close();
        if (hidden) stderr.write('\n');
      }
    },
  };
}
