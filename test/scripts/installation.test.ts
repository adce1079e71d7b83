import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingFrom } from '../../scripts/installation.mjs';
import { install, lock, put } from '../support/installation.ts';

const repository = join(import.meta.dirname, '../..');

describe('what is missing from an installation', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'leadline-installation-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('nothing, when the lock and the disk agree', async () => {
    await install(root);
    expect(missingFrom(root)).toBeUndefined();
  });

  test('everything, in a fresh clone and after an interrupted installation', async () => {
    await put(root, 'package-lock.json', JSON.stringify(lock()));
    expect(missingFrom(root)).toMatch(/nothing is installed/);
    await install(root);
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(missingFrom(root)).toMatch(/interrupted/);
    await put(root, 'node_modules/.package-lock.json', '{"packages": {');
    expect(missingFrom(root)).toMatch(/interrupted/);
  });

  test('a package that the lock has in another version, or newly, or no longer', async () => {
    await install(root);
    await put(root, 'package-lock.json', JSON.stringify(lock({ version: '1.0.1' })));
    expect(missingFrom(root)).toBe('@scope/one is 1.0.0, not 1.0.1');
    await put(root, 'package-lock.json', JSON.stringify(lock({ integrity: 'sha512-b' })));
    expect(missingFrom(root)).toMatch('@scope/one has other contents');
    const added = lock();
    added.packages['node_modules/two'] = { version: '2.0.0' };
    await put(root, 'package-lock.json', JSON.stringify(added));
    expect(missingFrom(root)).toBe('two is missing');
    await put(root, 'package-lock.json', '{"packages": {}}');
    expect(missingFrom(root)).toBe('@scope/one is no longer needed');
  });

  test('a package that was removed by hand, or whose install script did not run', async () => {
    await install(root);
    rmSync(join(root, 'node_modules/node/bin'), { recursive: true });
    expect(missingFrom(root)).toBe('the node binary is missing');
    rmSync(join(root, 'node_modules/@scope'), { recursive: true });
    expect(missingFrom(root)).toBe('@scope/one is missing');
  });

  test('not the builds for other platforms', async () => {
    await install(root);
    const other = lock();
    other.packages['node_modules/built-for-another'] = { version: '1.0.0', optional: true };
    await put(root, 'package-lock.json', JSON.stringify(other));
    expect(missingFrom(root)).toBeUndefined();
  });

  test('is told within a start-up that nobody notices', () => {
    missingFrom(repository);
    const before = performance.now();
    expect(missingFrom(repository)).toBeUndefined();
    // Measured: 6 ms. The bound leaves room for a busy machine.
    expect(performance.now() - before).toBeLessThan(100);
  });
});
