import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const FILES: Record<string, string> = {
  'package.json': '{"type": "module"}',
  'infra/config.ts': `
    interface Stage { stage: string }
    export function describeStage(stage: string): Stage & Record<string, unknown> {
      const worker = { functionTimeoutSeconds: 39, batchingWindowSeconds: 6 };
      return { stage, queues: { images: { worker } } };
    }`,
  'functions/tasks/index.ts': `
    const retry = { maxAttempts: 7 };
    export const tasks = [{ name: 'resize_image', queue: 'images', timeoutSeconds: 20, retry }];`,
};

/** A project of somebody's own, with what the command reads of one. */
export async function writeProject(
  directory: string,
  files: Record<string, string> = {},
): Promise<void> {
  for (const [file, text] of Object.entries({ ...FILES, ...files })) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
}
