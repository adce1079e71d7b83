import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Installs the peers' packages where they are missing or other than the lock says. */
export async function installPeers(): Promise<void> {
  const wanted = await versionsIn('package-lock.json');
  const installed = existsSync(join(folder, 'node_modules/.package-lock.json'))
    ? await versionsIn('node_modules/.package-lock.json')
    : '';
  if (wanted === installed) return;
  console.error('Installing the packages of bench/package-lock.json.');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawn('npm', ['ci', ...flags], { cwd: folder, stdio: 'inherit' });
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error('npm ci in bench/ failed: see above.');
}

async function versionsIn(file: string): Promise<string> {
  const text = await readFile(join(folder, file), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, { version?: string }> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  return JSON.stringify(entries.map(([path, { version }]) => [path, version]).toSorted());
}
