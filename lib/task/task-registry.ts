import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';
import type { Task } from './define-task.ts';
import type { TaskImplementation } from './implement-task.ts';

/** Tasks by name. */
export type TaskRegistry = ReadonlyMap<string, Task>;
/** Implementations by their task's name. */
export type ImplementationRegistry = ReadonlyMap<string, TaskImplementation>;

/** @throws InvalidTaskDefinition when two tasks have one name. */
export function createTaskRegistry(tasks: readonly Task[]): TaskRegistry {
  const registry = new Map<string, Task>();
  for (const task of tasks) {
    if (registry.has(task.name)) {
      throw new InvalidTaskDefinition(
        `Two tasks are named "${task.name}". Give one of them another name.`,
      );
    }
    registry.set(task.name, task);
  }
  return registry;
}

/**
 * @param contracts every task that messages may name; each needs its implementation.
 * @throws InvalidTaskDefinition when a name stands twice, when a contract has no implementation,
 * or when the implementation belongs to another contract of the same name.
 */
export function createImplementationRegistry(
  implementations: readonly TaskImplementation[],
  contracts: readonly Task[] = [],
): ImplementationRegistry {
  createTaskRegistry(implementations.map(({ task }) => task));
  const registry = new Map(implementations.map((each) => [each.task.name, each]));
  for (const contract of createTaskRegistry(contracts).values()) {
    const implementation = registry.get(contract.name);
    if (implementation === undefined) {
      throw new InvalidTaskDefinition(
        `Task "${contract.name}" has a contract and no implementation. ` +
          'Write it with implementTask and add it to the worker.',
      );
    }
    if (implementation.task !== contract) {
      throw new InvalidTaskDefinition(
        `Task "${contract.name}" is implemented for another contract of the same name.`,
      );
    }
  }
  return registry;
}
