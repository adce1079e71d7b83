import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { repository } from './repository.ts';

export interface BinRun {
  process: ChildProcess;
  /** What it has written so far. */
  out(): string;
  err(): string;
  /** Resolves when it has ended and all is read. */
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

/** `leadline ARGS` as a process of its own, without a terminal. @param input its stdin. @default nothing */
export function runBin(args: readonly string[], input: string | Buffer = ''): BinRun {
  const child = spawn(process.execPath, [join(repository, 'cli/main.ts'), ...args], {
    cwd: repository,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', AWS_REGION: 'us-east-1' },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, out: () => out, err: () => err, ended };
}
