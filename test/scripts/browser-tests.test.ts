import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { chooseBrowserTests } from '../../scripts/browser-tests.ts';
import { repository } from '../support/repository.ts';

test('with a browser all tests are run, and there is nothing to say', () => {
  expect(chooseBrowserTests('/usr/bin/chromium')).toEqual({ args: [], notes: [] });
});

test('without one, those that need it are left out, and no others', async () => {
  const [all, left] = await Promise.all([
    listTests([]),
    listTests(chooseBrowserTests(undefined).args),
  ]);
  const missing = all.filter((file) => !left.includes(file));
  expect(missing).toEqual(all.filter((file) => file.startsWith('test/console/browser/')));
  expect(missing).toContain('test/console/browser/stack.test.ts');
});

test('and it is said what would have them run', () => {
  const { notes } = chooseBrowserTests(undefined);
  expect(notes.join(' ')).toMatch(/test\/console\/browser.*CHROMIUM_PATH/);
});

async function listTests(args: string[]): Promise<string[]> {
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'list', '--filesOnly', ...args],
    { cwd: repository },
  );
  return stdout.split('\n').filter(Boolean).sort();
}
