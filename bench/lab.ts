import {
  createLambdaService,
  type InvocationReport,
  type LambdaService,
} from '../local/lambda/lambda-service.ts';
import { startSqsServer } from '../local/sqs/sqs-server.ts';
import type { FunctionDescription } from '../local/stack-description.ts';
import { cpuMs } from './cpu-time.ts';
import { QUEUE_NAME } from './events.ts';
import { type OtlpStub, startOtlpStub } from './otlp-stub.ts';
import type { Addresses } from './variants.ts';

/** The local Lambda service with freezing on, an SQS server and an OTLP stub. */
export interface Lab {
  readonly lambda: LambdaService;
  readonly otlp: OtlpStub;
  /** Resolves when the instance is idle again: whatever runs after the response is over. */
  invoke(functionName: string, event: string): Promise<InvocationReport>;
  /** The same, in a new instance. */
  invokeCold(functionName: string, event: string): Promise<InvocationReport>;
  /** CPU time of the function's instances so far, in milliseconds, by their pids. */
  cpuOf(functionName: string): Map<number, number>;
}

export interface LabOptions {
  bundleDirectory: string;
  functions: (addresses: Addresses) => FunctionDescription[];
  /** @default 60_000 */
  idleTimeoutMs?: number;
  onReport?: (report: InvocationReport) => void;
}

/** Everything that it starts is stopped before it resolves. */
export async function withLab<T>(
  options: LabOptions,
  measure: (lab: Lab) => Promise<T>,
): Promise<T> {
  const { bundleDirectory, idleTimeoutMs = 60_000 } = options;
  const otlp = await startOtlpStub();
  const sqs = await startSqsServer({ queues: [{ queueName: QUEUE_NAME }] });
  const reports = new Map<string, PromiseWithResolvers<InvocationReport>>();
  const reportOf = (requestId: string) => {
    const entry = reports.get(requestId) ?? Promise.withResolvers<InvocationReport>();
    reports.set(requestId, entry);
    return entry;
  };
  const lambda = createLambdaService({
    functions: options.functions({ otlpUrl: otlp.url, queueUrl: sqs.queueUrl(QUEUE_NAME) }),
    bundleDirectory,
    environment: { AWS_ENDPOINT_URL: sqs.endpoint },
    idleTimeoutMs,
    onReport: (report) => {
      options.onReport?.(report);
      reportOf(report.requestId).resolve(report);
    },
  });
  const lab: Lab = {
    lambda,
    otlp,
    async invoke(functionName, event) {
      const { requestId, functionError, payload } = await lambda.invoke(functionName, event);
      if (functionError !== undefined) throw new Error(`${functionName} failed: ${payload}`);
      const report = await reportOf(requestId).promise;
      reports.delete(requestId);
      return report;
    },
    async invokeCold(functionName, event) {
      await lambda.replaceInstances(functionName);
      return lab.invoke(functionName, event);
    },
    cpuOf(functionName) {
      const pids = lambda.instances(functionName).flatMap(({ pid }) => pid ?? []);
      return new Map(pids.map((pid) => [pid, cpuMs(pid)]));
    },
  };
  try {
    return await measure(lab);
  } finally {
    await lambda.stop();
    await Promise.all([otlp.stop(), sqs.stop()]);
  }
}
