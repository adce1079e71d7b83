import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseBrowserTests } from './browser-tests.ts';
import { endLike } from './child-process.mjs';
import { findBrowser } from './find-browser.ts';
import { runSteps, type Step } from './run-steps.ts';
import { summaryOf } from './test-summary.ts';

/**
 * All that has to hold before a change is merged: `npm test`. Arguments go on to vitest, so that
 * `npm test -- test/wire-format.test.ts` runs one file after the checks. With `--only-checks`
 * (`npm run check`) nothing is built and no test is run.
 *
 * The last line is `N passed, N failed`, whatever happens.
 */
const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const args = process.argv.slice(2);
const onlyChecks = args[0] === '--only-checks';

const biome: Step = {
  name: 'Biome: format, lint, import rules',
  args: [join(modules, '@biomejs/biome/bin/biome'), 'check', '--error-on-warnings'],
};
const types: Step = {
  name: 'tsc: types',
  args: [join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.json'],
};
/** What runs in a browser has other types. */
const pageTypes: Step = {
  name: "tsc: types of the console's page",
  args: [join(modules, 'typescript/bin/tsc'), '-p', 'cli/console/page'],
};
const knip: Step = {
  name: 'knip: nothing unused',
  args: [join(modules, 'knip/bin/knip.js'), '--no-progress'],
};
const bundles: Step = { name: 'build: dist/functions', args: ['cli/main.ts', 'build'] };
const library: Step = { name: 'build: the package', args: ['scripts/build-package.ts'] };

// What is quick and fails most often comes first; two cores take two steps at a time.
await all([biome, types]);
if (onlyChecks) {
  await all([pageTypes, knip]);
} else {
  await all([bundles, library, pageTypes, knip]);
  await test();
}

async function all(steps: Step[]): Promise<void> {
  const endings = await runSteps(root, steps);
  const asked = endings.find((ending) => ending.asked)?.asked;
  if (asked) endLike({ code: null, signal: asked });
  if (endings.some((ending) => ending.code !== 0)) finish(undefined, 1);
}

async function test(): Promise<void> {
  const browserTests = chooseBrowserTests(findBrowser());
  const directory = await mkdtemp(join(tmpdir(), 'leadline-report-'));
  const file = join(directory, 'report.json');
  const vitest: Step = {
    name: 'vitest: unit, property and end-to-end tests',
    args: [
      join(modules, 'vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...browserTests.args,
      ...args,
    ],
    live: true,
  };
  const [ending] = await runSteps(root, [vitest]);
  const report = await readFile(file, 'utf8').catch(() => undefined);
  await rm(directory, { recursive: true });
  if (ending?.asked) endLike({ code: null, signal: ending.asked });
  for (const note of browserTests.notes) console.log(note);
  finish(report, ending?.code ?? 1);
}

function finish(report: string | undefined, code: number): void {
  if (!onlyChecks) console.log(summaryOf(report && JSON.parse(report), code));
  process.exit(code);
}
