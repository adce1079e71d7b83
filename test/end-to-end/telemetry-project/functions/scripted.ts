import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import middy from '@middy/core';
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { Context } from 'aws-lambda';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { flushTelemetry } from '../../../../lib/worker.ts';

/** What one invocation is to do. */
export interface Script {
  /** Recorded as the name of the span. */
  name?: string;
  workMs?: number;
  /** Says on stdout whenever the log record's body is read: when it is kept, and when it is sent. */
  noteReads?: boolean;
  throwAtOnce?: boolean;
  /** The span is an error. */
  fail?: boolean;
  /** As a handler that knows nothing of the telemetry. */
  withoutFlush?: boolean;
}

const telemetry = await startTelemetry();
const tracer = trace.getTracer('scripted');
const runs = metrics.getMeter('scripted').createCounter('runs');

async function work(script: Script): Promise<string> {
  const { name = 'work', workMs = 0, noteReads, throwAtOnce, fail } = script;
  if (throwAtOnce) throw new Error('at once');
  const span = tracer.startSpan(name);
  runs.add(1);
  logs.getLogger('scripted').emit({ body: noteReads ? noted(name) : name });
  if (workMs > 0) await delay(workMs);
  if (fail) span.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
  span.end();
  return name;
}

function noted(name: string) {
  return {
    get name() {
      writeSync(1, 'body read\n');
      return name;
    },
  };
}

const flushed = middy<Script, string>().use(flushTelemetry(telemetry)).handler(work);

export const handler: (script: Script, context: Context) => Promise<string> = (script, context) =>
  script.withoutFlush ? work(script) : flushed(script, context);
