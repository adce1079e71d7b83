import { createLambdaService } from '../../local/lambda/lambda-service.ts';
import { startAwsStandIn } from '../../test/support/aws-stand-in/aws-stand-in.ts';
import { everyPeriod } from '../../test/support/aws-stand-in/aws-world.ts';
import type { Bundles } from '../build-bundles.ts';
import { cpuMs } from '../cpu-time.ts';
import { startOtlpStub } from '../otlp-stub.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const QUEUES = 1_000;
const LATENCY_MS = 20;
const RUNS = 9;
const PREFIX = 'bench-';

/**
 * `sample-queue-depth` over 1,000 queues with their dead-letter queues, found by prefix, all with
 * messages, at a minute that asks CloudWatch for everything. AWS is a stand-in that takes 20 ms a
 * call, the function has 256 MB and, unlike on Lambda, a whole CPU.
 */
export async function measureQueueDepth({ directory }: Bundles): Promise<Row[]> {
  const aws = await startAwsStandIn({ latencyMs: LATENCY_MS });
  const otlp = await startOtlpStub();
  describeQueues(aws);
  const memory: number[] = [];
  const lambda = createLambdaService({
    functions: [depthFunction('depth', otlp.url, PREFIX), depthFunction('none', otlp.url, 'no-')],
    bundleDirectory: directory,
    environment: { AWS_ENDPOINT_URL: aws.endpoint },
    onReport: ({ functionName, maxMemoryMb = Number.NaN }) => {
      if (functionName === 'none') memory[0] = maxMemoryMb;
      else memory[1] = maxMemoryMb;
    },
  });
  try {
    // No queue at all: what the function itself takes.
    await lambda.invoke('none', event(0));
    const times: number[] = [];
    const cpu: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const start = performance.now();
      const { functionError, payload } = await lambda.invoke('depth', event(run));
      if (functionError !== undefined) throw new Error(`The depth function failed: ${payload}`);
      times.push(performance.now() - start);
      cpu.push(lambda.instances('depth').reduce((sum, { pid }) => sum + (pid ? cpuMs(pid) : 0), 0));
    }
    return [describeTime(times, cpu), describeMemory(memory)];
  } finally {
    await lambda.stop();
    await Promise.all([aws.stop(), otlp.stop()]);
  }
}

function describeQueues(aws: Awaited<ReturnType<typeof startAwsStandIn>>): void {
  for (let index = 0; index < QUEUES; index += 1) {
    const name = `${PREFIX}queue-${index}`;
    const deadLetterQueue = `${name}-dlq`;
    aws.queues.set(name, { visible: 10, inFlight: 2, deadLetterQueue });
    aws.queues.set(deadLetterQueue, { deadLettersOf: [name] });
    aws.mappings.push({ uuid: `mapping-${index}`, queue: name, worker: `worker-${index}` });
  }
  aws.metrics.datapoints = everyPeriod(1);
}

/** Each run another minute, and each of them the first of an interval and of three. */
function event(run: number): string {
  const quarter = Math.floor(Date.now() / 1_000) - RUNS + run;
  return JSON.stringify({ time: new Date(quarter * 1_000).toISOString() });
}

function depthFunction(functionName: string, otlpUrl: string, prefix: string) {
  return {
    functionName,
    bundle: 'sample-queue-depth',
    timeoutSeconds: 60,
    memoryMb: 256,
    environment: {
      QUEUE_NAME_PREFIX: prefix,
      // A second for a minute, so that a run each second asks for everything.
      CLOUDWATCH_PERIOD_SECONDS: '1',
      CLOUDWATCH_INTERVAL_SECONDS: '1',
      ONEUPTIME_ENDPOINT: `${otlpUrl}/${functionName}`,
      ONEUPTIME_TOKEN: 'bench',
    },
  };
}

function describeTime(times: readonly number[], cpu: readonly number[]): Row {
  const [first = Number.NaN, ...rest] = times;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  const warm = median(rest);
  const cpuOfRuns = cpu.slice(1).map((ms, index) => ms - (cpu[index] ?? Number.NaN));
  return {
    what: `depth of ${QUEUES} queues and their DLQs, ${LATENCY_MS} ms a call, everything asked of CloudWatch`,
    cells: {
      'before-response': `${seconds(warm)}, CPU ${seconds(median(cpuOfRuns))}; cold ${seconds(first)}`,
    },
    target: 'under 2 s',
    checks: [
      { says: `warm ${seconds(warm)}`, ok: warm < 2_000 },
      { says: `cold ${seconds(first)}`, ok: first < 2_000 },
    ],
  };
}

function describeMemory([none = Number.NaN, depth = Number.NaN]: readonly number[]): Row {
  const above = depth - none;
  return {
    what: `resident memory of that, the highest of ${RUNS} runs`,
    cells: { 'before-response': `${depth.toFixed(0)} MB (+${above.toFixed(0)} over no queue)` },
    target: 'under 128 MB above the function’s start',
    checks: [{ says: `+${above.toFixed(0)} MB`, ok: above < 128 }],
  };
}
