import { expect, it } from 'vitest';
import { describeDefaultStack } from '../../local/default-stack.ts';
import { builtBundles } from '../support/built-bundles.ts';

it('npm start runs the stage local, without what only AWS has', async () => {
  const stack = describeDefaultStack(await builtBundles());
  expect(stack.queues.map(({ queueName }) => queueName)).toContain('local-default');
  for (const { functionName, environment } of stack.functions) {
    const names = Object.keys(environment({ queueUrl: (name) => name }));
    expect(names, functionName).toContain('QUEUES');
    // They would win over the stack's own receiver, and SSM is not there.
    const elsewhere = names.filter((name) => /^ONEUPTIME_|_PARAMETER$/.test(name));
    expect(elsewhere, functionName).toEqual([]);
  }
  const health = stack.functions.find(({ bundle }) => bundle === 'health');
  expect(health?.environment({ queueUrl: (name) => name })).toMatchObject({
    HEALTH_TOKEN: 'none',
    CLOUDWATCH_PERIOD_SECONDS: '10',
  });
  const enqueue = stack.functions.find(({ bundle }) => bundle === 'enqueue-task');
  const variables = enqueue?.environment({ queueUrl: (name) => name }) ?? {};
  expect(stack.scheduleGroups).toEqual([variables['SCHEDULE_GROUP']]);
  expect(variables['SCHEDULE_ROLE_ARN']).toMatch(/^arn:aws:iam::\d{12}:role\/./);
  expect(stack.schedules).toMatchObject([{ expression: 'rate(10 seconds)' }]);
  for (const { maximumConcurrency } of stack.eventSourceMappings) {
    expect(maximumConcurrency).toBeLessThanOrEqual(4);
  }
}, 60_000);
