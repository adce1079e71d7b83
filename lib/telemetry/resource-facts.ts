/** What the resource is made of. */
export interface ResourceFacts {
  functionName?: string;
  functionVersion?: string;
  logStream?: string;
  memoryMb?: number;
  region?: string;
  accountId?: string;
  serviceVersion?: string;
  environment?: string;
  /** OTEL_RESOURCE_ATTRIBUTES, decoded. */
  attributes: Readonly<Record<string, string>>;
}

/** @param attributes those of OTEL_RESOURCE_ATTRIBUTES */
export function readResourceFacts(
  env: Readonly<Record<string, string | undefined>>,
  attributes: Record<string, string>,
): ResourceFacts {
  const memoryMb = Number(env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  const accountId = /\/(\d{12})\//.exec(env['QUEUES'] ?? '')?.[1];
  const facts = {
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    logStream: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    memoryMb: memoryMb > 0 ? memoryMb : undefined,
    region: env['AWS_REGION'],
    accountId,
    serviceVersion: env['APP_VERSION'],
    environment: env['ENVIRONMENT'],
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return { ...Object.fromEntries(known), attributes };
}
