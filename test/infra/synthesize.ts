import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll } from 'vitest';
import * as z from 'zod/mini';
import { TaskQueues } from '../../infra/constructs/task-queues.ts';
import type { TaskQueuesProps } from '../../infra/constructs/task-queues-props.ts';
import { defineTask, type Task, type TaskOptions } from '../../lib/index.ts';
import {
  createFixtureProject,
  type FixtureProject,
  removeFixtureProject,
} from './fixture-bundles.ts';

const payload = z.object({ id: z.string() });

/** A contract with the defaults of `defineTask`. */
export function task(options: Partial<TaskOptions<typeof payload>> = {}): Task {
  return defineTask({ name: 'a_task', payload, ...options }) as Task;
}

/** Bundles for the tests of one file. */
export function useFixtureBundles(): () => string {
  let project: FixtureProject;
  beforeAll(async () => {
    project = await createFixtureProject();
  });
  afterAll(() => removeFixtureProject(project));
  return () => project.bundles;
}

/** `TaskQueues` in a stack of its own; refusals throw here, before anything is synthesized. */
export function taskQueues(props: Partial<TaskQueuesProps>): { stack: Stack; all: TaskQueues } {
  const stack = createStack();
  return { stack, all: new TaskQueues(stack, 'Tasks', { tasks: [task()], ...props }) };
}

/**
 * In an app without the rules of CloudFormation that CDK holds each template against: they take
 * seconds to load, and the tests of the stages run them.
 */
export function createStack(): Stack {
  const context = { 'aws:cdk:disable-stack-trace': true };
  return new Stack(new App({ builtinCloudFormationValidation: false, context }), 'stack');
}

// biome-ignore lint/suspicious/noExplicitAny: the properties of a resource are what CloudFormation has
export type Properties = Record<string, any>;

/** The properties of every resource of a type that has `some` among them. */
export function propertiesOf(template: Template, type: string, some: object = {}): Properties[] {
  const found = template.findResources(type, { Properties: some });
  return Object.values(found).map((resource) => resource['Properties'] ?? {});
}
