import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Task } from '../../../lib/task/define-task.ts';
import type { AttributeJson } from '../console-api.ts';

export type JsonSchema = Record<string, AttributeJson>;

interface SchemaProps {
  vendor: string;
  /** https://standardschema.dev/json-schema */
  jsonSchema?: { input(options: { target: string }): unknown };
}

/**
 * The JSON Schema of what a producer passes in: what the schema itself gives (Standard JSON Schema),
 * or the project's own zod. Undefined where there is none, as of a transform or another library.
 */
export async function readJsonSchema(
  { payload }: Task,
  projectDirectory: string,
): Promise<JsonSchema | undefined> {
  const props = payload['~standard'] as SchemaProps;
  try {
    const schema = props.jsonSchema
      ? props.jsonSchema.input({ target: 'draft-2020-12' })
      : props.vendor === 'zod'
        ? await convertByZod(payload, projectDirectory)
        : undefined;
    if (typeof schema !== 'object' || schema === null) return undefined;
    // Plain JSON, and without what a library hangs on to it.
    return JSON.parse(JSON.stringify(schema)) as JsonSchema;
  } catch {
    return undefined;
  }
}

async function convertByZod(schema: unknown, projectDirectory: string): Promise<unknown> {
  // The schema is of the project's version, whatever other one may lie about here.
  const require = createRequire(join(projectDirectory, 'package.json'));
  const { toJSONSchema } = await import(pathToFileURL(require.resolve('zod/v4/core')).href);
  return toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
