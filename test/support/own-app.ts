import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './repository.ts';

/** An app of somebody's own that installed the package, as docs/operations.md tells to make it. */
export interface OwnApp {
  /** What its `npm install` lines name, without versions, and without Leadline itself. */
  packages: string[];
  /** As text, since they import `leadline`, which here is installed nowhere. */
  files: Record<string, string>;
}

const SECTION = /^## In an app of your own\n([\s\S]*?)^## /m;
const INSTALL = /^npm install (.*)$/gm;
/** A paragraph that begins with the path of a file and ends with a colon, and its text. */
const FILE = /^`([\w./-]+)`.*:\n\n```(?:ts|json)\n([\s\S]*?)^```$/gm;

export async function readOwnApp(): Promise<OwnApp> {
  const operations = await readFile(join(repository, 'docs/operations.md'), 'utf8');
  const [, section = ''] = SECTION.exec(operations) ?? [];
  const words = [...section.matchAll(INSTALL)].flatMap(([, names = '']) => names.split(' '));
  const packages = words
    .filter((word) => !word.startsWith('--') && word !== 'leadline')
    .map((word) => word.replace(/(?<=.)@.*$/, ''));
  const files = [...section.matchAll(FILE)].map(([, path = '', text = '']) => [path, text]);
  return { packages, files: Object.fromEntries(files) };
}
