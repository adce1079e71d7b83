import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addBuild(program: Command, { terminal, directory }: CommandContext): void {
  program
    .command('build')
    .description('bundle functions/*.ts of this folder to dist/functions, for AWS Lambda')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const [{ buildFunctions }, { describeBundle }] = await Promise.all([
        import('../build/build-functions.ts'),
        import('../build/describe-bundle.ts'),
      ]).catch(explainMissing);
      const built = await buildFunctions({ projectDirectory: directory });
      if (json) return terminal.print(JSON.stringify({ functions: built }, undefined, 2));
      for (const each of built) terminal.print(describeBundle(each));
    });
}

function explainMissing(error: Error & { code?: string }): never {
  // An optional peer: whoever only enqueues has no use for its 10 MB.
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes("'esbuild'")) throw error;
  throw new Error('leadline build needs esbuild: npm install --save-dev esbuild');
}
