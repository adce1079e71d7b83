import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import {
  createLambdaService,
  type InvocationReport,
  type InvocationResult,
} from '../../local/lambda/lambda-service.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import type { Script } from './telemetry-project/functions/scripted.ts';

const projectDirectory = join(import.meta.dirname, 'telemetry-project');

/** Bundles functions of telemetry-project once for the tests of a file. */
export function useBundles(...functions: string[]): () => string {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'leadline-telemetry-'));
    await buildFunctions({ projectDirectory, functions, outputDirectory: directory });
  }, 60_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return () => directory;
}

export interface ServiceOptions {
  bundleDirectory: string;
  bundle: string;
  environment: Record<string, string>;
  timeoutSeconds?: number;
  concurrency?: number;
}

export interface TelemetryService {
  reports: InvocationReport[];
  output: string[];
  /** Resolves with the answer, before the instance is idle again. */
  invoke(event?: Script | object): Promise<InvocationResult>;
  /** Invokes, and waits for the report. */
  run(event?: Script | object): Promise<InvocationReport>;
  idle(): Promise<unknown>;
  stop(): Promise<void>;
}

/** One function under the local Lambda service, with freezing; stopped when the test ends. */
export function startService(options: ServiceOptions): TelemetryService {
  const { bundle, environment, timeoutSeconds = 20, concurrency = 1 } = options;
  const reports: InvocationReport[] = [];
  const output: string[] = [];
  const service = createLambdaService({
    functions: [
      {
        functionName: 'f',
        bundle,
        environment: {},
        timeoutSeconds,
        memoryMb: 256,
        reservedConcurrency: concurrency,
      },
    ],
    bundleDirectory: options.bundleDirectory,
    environment,
    onReport: (report) => reports.push(report),
    onOutput: (line) => output.push(line),
  });
  onTestFinished(() => service.stop());
  const invoke = (event: object = {}) => service.invoke('f', JSON.stringify(event));
  return {
    reports,
    output,
    invoke,
    async run(event) {
      const { requestId } = await invoke(event);
      return waitUntil(
        'the report',
        () => reports.find((report) => report.requestId === requestId),
        30_000,
      );
    },
    idle: () =>
      waitUntil('idle', () => service.instances('f').every(({ state }) => state === 'idle')),
    stop: service.stop,
  };
}
