import { join } from 'node:path';
import { stop as stopBundler } from 'esbuild';
import { buildFunctions, type KeptBuilds } from '../cli/build/build-functions.ts';
import { freshenConsole } from './freshen-console.ts';
import { printFunctionOutput } from './function-output.ts';
import type { InvocationReport } from './lambda/lambda-service.ts';
import { readSettings, type Settings } from './read-settings.ts';
import type { StackDescription } from './stack-description.ts';
import { type Stack, startStack } from './start-stack.ts';
import { printTaskLines } from './task-lines.ts';
import { watchSources } from './watch-sources.ts';

/** `npm start`: the whole system on this machine until SIGINT or SIGTERM. */

const projectDirectory = join(import.meta.dirname, '..');
/** A change is built in half of the time of the first build. */
const kept: KeptBuilds = new Map();
const print = (line: string) => console.log(line);
/** Everything is gone by then; what is not would be a bug that must not keep the terminal. */
const STOP_LIMIT_MS = 1_900;

async function main(): Promise<void> {
  const signal = untilSignal();
  const stack = await Promise.race([start(), signal]);
  // Until the stack is up there is no instance to stop.
  if (stack === undefined) return;
  await signal;
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  await stack.stop();
}

async function start(): Promise<Stack> {
  const settings = readSettings(process.env);
  settings.warnings.forEach(print);
  // CDK takes a second to load, as long as the bundler is at work.
  const [{ describeDefaultStack }] = await Promise.all([
    import('./default-stack.ts'),
    buildFunctions({ projectDirectory, kept }),
  ]);
  const bundleDirectory = join(projectDirectory, 'dist/functions');
  const description = describeDefaultStack(bundleDirectory);
  const stack = await startStack(description, {
    ...settings,
    bundleDirectory,
    onOutput: printFunctionOutput(print),
    onReport: printLostInvocation,
    onWarning: print,
  });
  await watchSources(projectDirectory, ['functions', 'lib'], () => rebuild(stack));
  printTaskLines(stack.telemetry, print);
  printWelcome(stack, description, settings);
  // Nobody waits for it: a page that is asked for before asks again by itself.
  void buildConsolePage();
  return stack;
}

async function buildConsolePage(): Promise<void> {
  try {
    await freshenConsole(projectDirectory);
  } catch (error) {
    // Behind the message comes where in the bundler's own code it was.
    const [message] = (error as Error).message.split('\nStack backtrace');
    print(`The console's page does not build: ${message?.trim()}`);
  }
}

/** A process that dies answers nothing: its batch comes back. */
function printLostInvocation({ functionName, status }: InvocationReport): void {
  if (status !== 'exit' && status !== 'timeout') return;
  const how = status === 'exit' ? 'its process ended' : 'it ran into its timeout';
  print(`${functionName}: ${how}; what it had taken comes back after the visibility timeout`);
}

/** Later signals are ignored: a terminal's Ctrl-C comes once from it and once from npm. */
function untilSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve(undefined));
    }
  });
}

async function rebuild(stack: Stack): Promise<void> {
  const start = performance.now();
  try {
    await buildFunctions({ projectDirectory, kept });
    await stack.replaceSources();
    print(`rebuilt in ${Math.round(performance.now() - start)} ms`);
  } catch (error) {
    print(
      `The sources do not build; the functions stay as they were.\n${(error as Error).message}`,
    );
  }
}

function printWelcome(
  stack: Stack,
  { queues, tables = [], functions }: StackDescription,
  settings: Settings,
): void {
  const state = tables.map((each) => `\n  tables      ${each.tableName}, in memory`).join('');
  const names = (each: { queueName?: string; functionName?: string }) =>
    each.queueName ?? each.functionName;
  print(`
  console     ${stack.url}/
  HTTP API    ${stack.url}/tasks/{task} /health /metrics
  OTLP        ${stack.url}/otlp/v1/{traces,metrics,logs}${settings.relay ? `, relayed to ${settings.relay.endpoint}` : ''}
  AWS         ${stack.sqs.endpoint}${settings.queueDataDirectory ? `, kept in ${settings.queueDataDirectory}` : ''}
  queues      ${queues.map(names).join(' ')}${state}
  functions   ${functions.map(names).join(' ')}

  Try:  curl -XPOST ${stack.url}/tasks/process_order -d '{"order_id":"o-1"}'
`);
  print(`Leadline is ready at ${stack.url}`);
}

try {
  await main();
  // Its process would find its input ended, and print its stack if it waits for an answer just then.
  await stopBundler();
  process.exit(0);
} catch (error) {
  console.error(`Leadline could not start: ${(error as Error).message}`);
  process.exit(1);
}
