import { dirname } from 'node:path';
import type { FunctionDescription } from '../stack-description.ts';
import { ReservedVariableError } from './reserved-variable-error.ts';

/** Where an instance runs and how it reaches the service. */
export interface InstancePlace {
  region: string;
  taskRoot: string;
  runtimeDirectory: string;
  logStreamName: string;
  /** host:port, all that AWS_LAMBDA_RUNTIME_API can say. */
  runtimeApi: string;
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: setting one fails a deploy.
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_(NAME|VERSION|MEMORY_SIZE)|LOG_(GROUP|STREAM)_NAME|INITIALIZATION_TYPE|RUNTIME_API)|AWS_(ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/**
 * The whole environment of an instance. Nothing of the host's is in it: a function that works here
 * because of a variable of the developer's shell would fail on Lambda.
 *
 * A function's own variables win over the ones that the stack adds, but for `AWS_ENDPOINT_URL` and
 * its per-service forms: a description derived from a template must not be able to point a function
 * out of the stack, at a real account.
 */
export function createFunctionEnvironment(
  description: FunctionDescription,
  added: Record<string, string>,
  place: InstancePlace,
): Record<string, string> {
  return {
    // As on Lambda, these are defaults that a function may change.
    LANG: 'en_US.UTF-8',
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    TZ: ':UTC',
    ...added,
    ...description.environment,
    ...endpointsOf(added),
    _HANDLER: 'index.handler',
    // Never valid anywhere, so that a call that escapes the stack fails.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(description.memoryMb ?? 128),
    AWS_LAMBDA_FUNCTION_NAME: description.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${description.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStreamName,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    AWS_REGION: place.region,
    LAMBDA_RUNTIME_DIR: place.runtimeDirectory,
    LAMBDA_TASK_ROOT: place.taskRoot,
  };
}

/** @throws ReservedVariableError when a variable is Lambda's to set. */
export function refuseReservedVariables(
  description: FunctionDescription,
  added: Record<string, string>,
): void {
  const names = Object.keys({ ...added, ...description.environment });
  const refused = names.filter((name) => reserved.test(name));
  if (refused.length > 0) {
    throw new ReservedVariableError(description.functionName, refused);
  }
}

function endpointsOf(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL')),
  );
}
