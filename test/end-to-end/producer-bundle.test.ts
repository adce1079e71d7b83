import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltFunction, buildFunctions } from '../../cli/build/build-functions.ts';
import { copyProject, type ProjectCopy } from '../support/copy-project.ts';

const MARK = 'a line of the one megabyte that only the work needs';
const ONE_MEGABYTE = `export const dictionary = ${JSON.stringify(`${MARK}\n`.repeat(20_000))};`;

let project: ProjectCopy;
let before: BuiltFunction[];
let after: BuiltFunction[];

beforeAll(async () => {
  project = await copyProject();
  const { directory } = project;
  before = await buildFunctions({ projectDirectory: directory });
  await project.write('functions/tasks/dictionary.ts', ONE_MEGABYTE);
  const work = await readFile(join(directory, 'functions/tasks/process-order.run.ts'), 'utf8');
  await project.write(
    'functions/tasks/process-order.run.ts',
    `import { dictionary } from './dictionary.ts';\n${work.replace("'order processed'", 'dictionary')}`,
  );
  after = await buildFunctions({ projectDirectory: directory });
});
afterAll(() => project?.remove());

it('carries what the work of a task imports to its worker', async () => {
  expect(growthOf('process-tasks')).toBeGreaterThan(1_000_000);
  expect(await javaScriptOf('process-tasks')).toContain(MARK);
});

it('carries nothing of it to the producer', async () => {
  expect(growthOf('enqueue-task')).toBe(0);
  const javaScript = await javaScriptOf('enqueue-task');
  expect(javaScript).not.toContain(MARK);
  expect(javaScript).not.toContain('fetch_order');
  expect(javaScript).toContain('process_order');
});

function growthOf(name: string): number {
  const bytes = (built: BuiltFunction[]) =>
    built.find((each) => each.name === name)?.totalBytes ?? Number.NaN;
  return bytes(after) - bytes(before);
}

async function javaScriptOf(name: string): Promise<string> {
  const folder = join(project.directory, 'dist/functions', name);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}
