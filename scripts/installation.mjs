// Plain JavaScript without dependencies: it runs before anything is installed, on the host's Node.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why `npm ci` has to run in `root`, or undefined when all is there. Takes a few milliseconds.
 *
 * npm writes `node_modules/.package-lock.json` as its last step, after the install scripts, so an
 * interrupted installation has none. What it records is held against package-lock.json, and each
 * package that it names has to be on the disk.
 */
export function missingFrom(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!wanted) return 'package-lock.json cannot be read';
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return 'nothing is installed, or an installation was interrupted';

  for (const [path, { version, integrity, optional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    const found = installed[path];
    if (!found) {
      // Builds for other platforms are in the lock and never on the disk.
      if (optional) continue;
      return `${nameOf(path)} is missing`;
    }
    if (found.version !== version) {
      return `${nameOf(path)} is ${found.version}, not ${version}`;
    }
    if (found.integrity && integrity && found.integrity !== integrity) {
      return `${nameOf(path)} has other contents than the lock says`;
    }
  }
  for (const [path, { link, extraneous }] of Object.entries(installed)) {
    // Extraneous: someone's own `npm install --no-save`, theirs to keep.
    if (!link && !extraneous && !wanted[path]) return `${nameOf(path)} is no longer needed`;
    if (!existsSync(join(root, path, 'package.json'))) return `${nameOf(path)} is missing`;
  }
  // Put there by an install script, so it can be missing from a package that is there.
  return nodeOf(root) ? undefined : 'the node binary is missing';
}

/** The Node that the `node` package installed, whatever the host's own is. */
export function nodeOf(root) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules/node/bin', file);
  return existsSync(path) ? path : undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
