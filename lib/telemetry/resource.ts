import { randomUUID } from 'node:crypto';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { TelemetryConfig } from './config.ts';

/** The package's version; a test compares it with package.json. */
export const DISTRO_VERSION = '0.1.0';

export interface ResourceOptions {
  /** Of the AWS account, once it is known. @default what the configuration has */
  accountId?: Promise<string | undefined>;
  /** Whether instances of a function are told apart. @default 'instance' */
  identity?: 'instance' | 'function' | undefined;
}

/**
 * The resource of docs/telemetry.md. Never `host.name`: OneUptime would count a Lambda as a host.
 * OTEL_RESOURCE_ATTRIBUTES wins over what is found, service.name excepted (specification).
 * With an account that is yet to come, wait for the resource's asynchronous attributes.
 */
export function createResource(
  { serviceName, resource: facts }: TelemetryConfig,
  options: ResourceOptions = {},
): Resource {
  const { identity = 'instance' } = options;
  const accountId = options.accountId?.then((id) => id ?? facts.accountId) ?? facts.accountId;
  const { attributes: given } = facts;
  const logStream = identity === 'instance' ? facts.logStream : undefined;
  const sharedId = identity === 'function' ? facts.functionName : undefined;
  const environment = given['deployment.environment.name'] ?? facts.environment;
  const onLambda = facts.functionName !== undefined;
  const attributes = {
    'service.version': facts.serviceVersion,
    'service.instance.id': sharedId ?? logStream ?? randomUUID(),
    'deployment.environment.name': environment,
    // OneUptime's exceptions read only the old key.
    'deployment.environment': environment,
    ...(onLambda && { 'cloud.provider': 'aws', 'cloud.platform': 'aws_lambda' }),
    'cloud.region': facts.region,
    'cloud.account.id': accountId,
    'faas.name': facts.functionName,
    'faas.version': facts.functionVersion,
    'faas.instance': logStream,
    'faas.max_memory': facts.memoryMb && facts.memoryMb * 1_048_576,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.distro.name': 'leadline',
    'telemetry.distro.version': DISTRO_VERSION,
    ...given,
    'service.name': serviceName,
  };
  const set = Object.entries(attributes).filter(
    ([key, value]) => value !== undefined && key !== 'host.name',
  );
  return resourceFromAttributes(Object.fromEntries(set));
}
