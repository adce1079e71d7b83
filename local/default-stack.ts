import type { StackDescription, StackFunction } from './stack-description.ts';
import { describeTemplate } from './template/describe-template.ts';
import { synthesizeStage } from './template/synthesize-stage.ts';

const STAGE = 'local';
/** Between samples of the queues' depth, which in AWS are a minute apart. */
const SAMPLE_SECONDS = 10;
/** Instances of a worker: a developer's machine has few cores. */
const MAX_CONCURRENCY = 4;

/**
 * What `npm start` runs: the stage `local` of infra/, as it would be deployed, but for what a
 * machine of one's own does not have: parameters of SSM, a CloudWatch that is late, many cores.
 *
 * @param bundles the folder of the built functions.
 */
export function describeDefaultStack(bundles: string): StackDescription {
  const stack = describeTemplate(synthesizeStage(STAGE, bundles));
  const depth = stack.functions.find(({ bundle }) => bundle === 'sample-queue-depth');
  return {
    ...stack,
    stage: STAGE,
    functions: stack.functions.map((each) => ({
      ...each,
      environment: (addresses) => localEnvironment(each, each.environment(addresses)),
    })),
    eventSourceMappings: stack.eventSourceMappings.map((each) => ({
      ...each,
      maximumConcurrency: Math.min(each.maximumConcurrency ?? MAX_CONCURRENCY, MAX_CONCURRENCY),
    })),
    schedules: stack.schedules.map((each) =>
      depth !== undefined && each.targetArn.endsWith(`:${depth.functionName}`)
        ? { ...each, expression: `rate(${SAMPLE_SECONDS} seconds)` }
        : each,
    ),
  };
}

function localEnvironment(
  { bundle }: StackFunction,
  variables: Record<string, string>,
): Record<string, string> {
  const kept = Object.entries(variables).filter(
    // Telemetry goes to the stack's own receiver.
    ([name]) => !name.startsWith('ONEUPTIME_') && !name.endsWith('_PARAMETER'),
  );
  return {
    ...Object.fromEntries(kept),
    ...(bundle === 'health' && { HEALTH_TOKEN: 'none' }),
    ...((bundle === 'health' || bundle === 'sample-queue-depth') && LOCAL_CLOUDWATCH),
  };
}

const LOCAL_CLOUDWATCH = {
  CLOUDWATCH_LAG_SECONDS: '2',
  CLOUDWATCH_PERIOD_SECONDS: String(SAMPLE_SECONDS),
  CLOUDWATCH_INTERVAL_SECONDS: String(SAMPLE_SECONDS),
};
