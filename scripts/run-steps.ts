import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { untilEnded } from './child-process.mjs';

/** One program of ours or of node_modules, run by the Node that runs us. */
export interface Step {
  name: string;
  args: string[];
  /** Its output is shown as it comes. @default false: shown when it fails */
  live?: boolean;
}

export interface StepEnding {
  code: number | null;
  /** Set when someone ended us meanwhile: what we should end by. */
  asked: NodeJS.Signals | undefined;
}

/** Runs the steps side by side in `root`, and tells what became of each as it ends. */
export async function runSteps(root: string, steps: Step[]): Promise<StepEnding[]> {
  return Promise.all(steps.map((step) => runStep(root, step)));
}

async function runStep(root: string, { name, args, live = false }: Step): Promise<StepEnding> {
  const start = performance.now();
  if (live) heading('…', name, '');
  let output: Promise<string> | undefined;
  const { code, asked } = await untilEnded(() => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...(process.stdout.isTTY && { FORCE_COLOR: '1' }), ...process.env },
    });
    if (!live) output = collect(child);
    return child;
  });
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  if (code !== 0 && output !== undefined) process.stdout.write(await output);
  heading(code === 0 ? '✓' : '✗', name, seconds);
  return { code, asked };
}

async function collect(child: ChildProcess): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  return output;
}

function heading(mark: string, name: string, seconds: string): void {
  console.log(`${mark} ${name.padEnd(44)} ${seconds}`.trimEnd());
}
