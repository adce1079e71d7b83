import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('the examples of the README hold in a strict project', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  // Within the repository, so that its packages are found.
  const folder = await mkdtemp(join(root, 'test/docs/.readme-'));
  try {
    // The first two are the task that the others import.
    const names = ['send-invoice.ts', 'send-invoice.run.ts'];
    for (const [index, code] of blocks.entries()) {
      const linked = code
        .replaceAll(/'leadline\/(\w+)'/g, "'../../../lib/$1.ts'")
        .replaceAll(/'(leadline|\.\.\/\.\.\/lib\/index\.ts)'/g, "'../../../lib/index.ts'");
      await writeFile(join(folder, names[index] ?? `example-${index}.ts`), linked);
    }
    const config = {
      extends: '../../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false },
      include: ['*.ts'],
      exclude: [],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const checked = promisify(execFile)(process.execPath, [tsc, '-p', folder]);
    const { stdout } = await checked.catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
    expect(blocks.length).toBeGreaterThanOrEqual(5);
  } finally {
    await rm(folder, { recursive: true });
  }
});
