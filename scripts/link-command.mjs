// node scripts/link-command.mjs
//
// Makes `npx leadline` work in a clone: npm links the commands of what is installed, and not those of
// the package that it is installed in. npm runs this as the last step of an installation (prepare),
// on the host's Node. The link leads to the source, so that the command is never an old one; npx has
// the Node of node_modules first on its PATH, which reads TypeScript.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'cli/main.ts');
const folder = join(root, 'node_modules/.bin');
const link = join(folder, 'leadline');

// As git has it; an archive or a copy may have lost it.
chmodSync(source, 0o755);
if (existsSync(dirname(folder))) {
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../cli/main.ts', link);
}
