import { randomBytes } from 'node:crypto';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import type { SQSEvent } from 'aws-lambda';
import { z } from 'zod';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { createWorker } from '../../../lib/worker.ts';
import { lambdaContext } from './lambda-context.ts';

/**
 * How many bytes of a message outlive the collections of V8's young generation, which need
 * `--expose-gc`, and how many full collections there were.
 */
const BATCHES = 400;
const WARM_UP = 100;
const MESSAGES = 10;

const telemetry = await startTelemetry({ flush: 'before-response' });
const task = defineTask({ name: 'work', payload: z.object({ order: z.string() }) });
const worker = createWorker([implementTask(task, async () => void (await nextTurn()))], {
  queues: { default: { url: 'https://sqs.us-east-1.amazonaws.com/000000000000/work' } },
  telemetry: { ...telemetry, writeLog: () => {} },
});

function batch(): SQSEvent {
  const records = Array.from({ length: MESSAGES }, (_, index) => ({
    messageId: `message-${index}`,
    receiptHandle: 'receipt',
    body: JSON.stringify({ v: 1, id: `task-${index}`, task: 'work', payload: { order: 'one' } }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    messageAttributes: {
      traceparent: {
        dataType: 'String',
        stringValue: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
      },
    },
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
  }));
  return { Records: records } as unknown as SQSEvent;
}

async function oldBytesAfter(batches: number): Promise<number> {
  for (let index = 0; index < batches; index += 1) {
    await worker(batch(), lambdaContext(60_000));
    if (index % 5 !== 4) continue;
    await nextTurn();
    gc?.({ type: 'minor' });
  }
  const spaces = getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? Number.NaN;
}

const before = await oldBytesAfter(WARM_UP);
let fullCollections = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries() as { detail?: { kind?: number } }[]) {
    if (entry.detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) fullCollections += 1;
  }
});
observer.observe({ entryTypes: ['gc'] });
const after = await oldBytesAfter(BATCHES);
await nextTurn();
const bytesPerMessage = (after - before) / (BATCHES * MESSAGES);
process.stdout.write(JSON.stringify({ bytesPerMessage, fullCollections }));
process.exit(0);
