import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttributeJson, TaskContract } from '../console-api.ts';

/** Beside the tasks, and of no function: it makes none of them larger. */
const FILE = 'functions/tasks/samples.json';

/**
 * The payloads that the project offers for a task: `{ "task": { "name": payload } }` in
 * `functions/tasks/samples.json`, which need not be there. Without payloads where it cannot be read:
 * a sample is no reason to show no form.
 */
export async function readSamples(
  task: string,
  projectDirectory: string,
): Promise<TaskContract['samples']> {
  const text = await readFile(join(projectDirectory, FILE), 'utf8').catch(() => '{}');
  const samples = ownValue(parse(text), task);
  if (typeof samples !== 'object' || samples === null || Array.isArray(samples)) return [];
  return Object.entries(samples).map(([name, payload]) => ({ name, payload }));
}

function parse(text: string): AttributeJson {
  try {
    return JSON.parse(text) as AttributeJson;
  } catch {
    return null;
  }
}

function ownValue(value: AttributeJson, key: string): AttributeJson {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}
