import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('telemetry-program.ts', import.meta.url));

type Line = Record<string, unknown>;

export interface RunningProgram {
  /** What it wrote to stdout so far, one JSON object a line. */
  lines: Line[];
  /** Resolves with the first line that has the key. */
  line(key: string): Promise<Line>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** Runs telemetry-program.ts with this environment and nothing else of OpenTelemetry's. */
export function startProgram(env: Record<string, string>, ...args: string[]): RunningProgram {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Line[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (text) => lines.push(JSON.parse(text) as Line));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    lines,
    ended,
    kill: (signal) => void child.kill(signal),
    async line(key) {
      for (;;) {
        const found = lines.find((line) => key in line);
        if (found !== undefined) return found;
        await Promise.race([
          once(reader, 'line'),
          ended.then((end) => Promise.reject(new Error(`It ended with ${end} before "${key}".`))),
        ]);
      }
    },
  };
}

/** Runs it to its end. */
export async function runProgram(env: Record<string, string>, ...args: string[]) {
  const { ended, lines } = startProgram(env, ...args);
  const exit = await ended;
  const warnings = lines.filter(({ level }) => level === 'WARN');
  return { exit, warnings, lines, result: lines.find((line) => 'flushMs' in line) ?? {} };
}
