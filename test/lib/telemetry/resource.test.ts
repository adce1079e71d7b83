import { expect, it } from 'vitest';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';
import { createResource } from '../../../lib/telemetry/resource.ts';

const onLambda = {
  AWS_LAMBDA_FUNCTION_NAME: 'process-tasks',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/03/01/[$LATEST]abc',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_REGION: 'eu-west-1',
  QUEUES: '{"default":{"url":"https://sqs.eu-west-1.amazonaws.com/123456789012/app-default"}}',
  OTEL_SERVICE_NAME: 'shop',
  APP_VERSION: '1.2.3',
  ENVIRONMENT: 'production',
};

function resourceOf(env: Record<string, string>) {
  return createResource(readTelemetryConfig(env)).attributes;
}

it('is the resource of docs/telemetry.md on Lambda', () => {
  expect(resourceOf(onLambda)).toMatchObject({
    'service.name': 'shop',
    'service.version': '1.2.3',
    'service.instance.id': '2026/03/01/[$LATEST]abc',
    'deployment.environment.name': 'production',
    'deployment.environment': 'production',
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': 'eu-west-1',
    'cloud.account.id': '123456789012',
    'faas.name': 'process-tasks',
    'faas.version': '$LATEST',
    'faas.instance': '2026/03/01/[$LATEST]abc',
    'faas.max_memory': 256 * 1024 * 1024,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.distro.name': 'leadline',
  });
});

it('claims no Lambda where there is none, and tells instances apart', () => {
  const first = resourceOf({});
  expect(first).not.toHaveProperty(['cloud.provider']);
  expect(Object.keys(first).filter((key) => key.startsWith('faas.'))).toEqual([]);
  expect(Object.values(first)).not.toContain(undefined);
  expect(first['service.instance.id']).not.toBe(resourceOf({})['service.instance.id']);
});

it('lets OTEL_RESOURCE_ATTRIBUTES win, except over the service name', () => {
  const OTEL_RESOURCE_ATTRIBUTES =
    'service.name=other,service.namespace=eu,cloud.region=moon,deployment.environment.name=canary';
  expect(resourceOf({ ...onLambda, OTEL_RESOURCE_ATTRIBUTES })).toMatchObject({
    'service.name': 'shop',
    'service.namespace': 'eu',
    'cloud.region': 'moon',
    'deployment.environment.name': 'canary',
    'deployment.environment': 'canary',
  });
});

it('never has host.name: OneUptime would count a Lambda as a host', () => {
  const attributes = resourceOf({ ...onLambda, OTEL_RESOURCE_ATTRIBUTES: 'host.name=h,a=1' });
  expect(attributes).not.toHaveProperty(['host.name']);
  expect(attributes['a']).toBe('1');
});
