import type { FunctionDescription } from '../local/stack-description.ts';

/** What is measured side by side: three peers, and Leadline in its three flush modes. */
export const VARIANTS = [
  'bare',
  'official',
  'powertools',
  'before-response',
  'after-response',
  'adaptive',
] as const;
export type Variant = (typeof VARIANTS)[number];

/** The flush modes, by the value of LEADLINE_FLUSH. */
export const MODES = ['before-response', 'after-response', 'adaptive'] as const;
export type Mode = (typeof MODES)[number];

export interface Addresses {
  /** Of the OTLP stub. */
  otlpUrl: string;
  queueUrl: string;
}

/** The function that consumes SQS records, as each variant has it. */
export function workerOf(
  variant: Variant,
  { otlpUrl, queueUrl }: Addresses,
  environment: Record<string, string> = {},
): FunctionDescription {
  const functionName = workerName(variant);
  const settings = {
    ...(isMode(variant) && leadlineSettings(variant, `${otlpUrl}/${functionName}`, queueUrl)),
    ...(variant === 'official' && {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${otlpUrl}/${functionName}`,
      OTEL_SERVICE_NAME: 'bench',
    }),
  };
  return {
    functionName,
    bundle: isMode(variant) ? 'process-tasks' : variant,
    environment: { ...settings, ...environment },
    timeoutSeconds: 40,
    memoryMb: 512,
    // A flush that takes long is to be seen as instances, not as throttling.
    reservedConcurrency: 40,
  };
}

export function workerName(variant: Variant): string {
  return `worker-${variant}`;
}

/** The function that enqueues over HTTP; bare is the AWS SDK's client and no telemetry. */
export function enqueuerOf(variant: 'bare' | Mode, addresses: Addresses): FunctionDescription {
  const { otlpUrl, queueUrl } = addresses;
  const functionName = enqueuerName(variant);
  return {
    functionName,
    bundle: variant === 'bare' ? 'enqueue-bare' : 'enqueue-task',
    environment:
      variant === 'bare'
        ? { QUEUES: queuesSetting(queueUrl) }
        : leadlineSettings(variant, `${otlpUrl}/${functionName}`, queueUrl),
    timeoutSeconds: 40,
    memoryMb: 256,
  };
}

export function enqueuerName(variant: Variant): string {
  return `enqueuer-${variant}`;
}

export function isMode(variant: Variant): variant is Mode {
  return (MODES as readonly string[]).includes(variant);
}

function leadlineSettings(mode: Mode, endpoint: string, queueUrl: string): Record<string, string> {
  return {
    QUEUES: queuesSetting(queueUrl),
    LEADLINE_FLUSH: mode,
    ONEUPTIME_ENDPOINT: endpoint,
    ONEUPTIME_TOKEN: 'bench',
    OTEL_SERVICE_NAME: 'bench',
  };
}

function queuesSetting(url: string): string {
  return JSON.stringify({ default: { url } });
}
