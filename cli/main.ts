#!/usr/bin/env node
const USAGE = `Usage: leadline build

  build   bundles functions/*.ts of this folder to dist/functions, for AWS Lambda`;

const [command, ...rest] = process.argv.slice(2);
if (command === 'build' && rest.length === 0) {
  await import('./build.ts').catch(explain);
} else {
  const asked = command === undefined || command === '--help' || command === '-h';
  console[asked ? 'log' : 'error'](USAGE);
  if (!asked) process.exitCode = 2;
}

function explain(error: Error & { code?: string }): void {
  // An optional peer: whoever only enqueues has no use for its 10 MB.
  const noEsbuild = error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'esbuild'");
  console.error(noEsbuild ? 'It needs esbuild: npm install --save-dev esbuild' : error.message);
  process.exitCode = 1;
}
