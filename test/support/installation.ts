import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Lock {
  packages: Record<string, { version: string; integrity?: string; optional?: boolean }>;
}

export function lock(one: { version?: string; integrity?: string } = {}): Lock {
  return {
    packages: {
      '': { version: '0.0.0' },
      'node_modules/@scope/one': { version: '1.0.0', integrity: 'sha512-a', ...one },
      'node_modules/node': { version: '24.0.0' },
    },
  };
}

/** What `npm ci` would leave in `root`. */
export async function install(root: string): Promise<void> {
  const { '': _, ...packages } = lock().packages;
  await put(root, 'package-lock.json', JSON.stringify(lock()));
  for (const path of Object.keys(packages)) await put(root, `${path}/package.json`, '{}');
  await mkdir(join(root, 'node_modules/node/bin'));
  await symlink(process.execPath, join(root, 'node_modules/node/bin/node'));
  await put(root, 'node_modules/.package-lock.json', JSON.stringify({ packages }));
}

export async function put(root: string, file: string, contents: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), contents);
}
