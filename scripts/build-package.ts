import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildConsole } from '../cli/console/build-console.ts';
import { endLike, untilEnded } from './child-process.mjs';

/**
 * What the package holds as JavaScript with its declarations: lib, the constructs and the command.
 * The console's page comes on top, as a browser loads it.
 */
const folders = ['dist/lib', 'dist/infra', 'dist/cli'];
const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

// A file that is no longer in the sources must not be published.
for (const folder of folders) await rm(join(root, folder), { recursive: true, force: true });
const ending = await untilEnded(() =>
  spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' }),
);
if (ending.code === 0) {
  for (const folder of folders) await nameJavaScriptInDeclarations(join(root, folder));
  await buildConsole({ projectDirectory: root });
}
endLike(ending);

/**
 * tsc writes `.js` for `.ts` into the JavaScript and leaves the declarations as they are: TypeScript
 * finds x.d.ts by './x.ts', other readers of declarations look for a file that was not published.
 */
async function nameJavaScriptInDeclarations(folder: string): Promise<void> {
  const relativeImport = /(\b(?:from|import)\s*\(?\s*(['"])\.{1,2}\/[^'"]*)\.ts\2/g;
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const declarations = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), declarations.replace(relativeImport, '$1.js$2'));
  }
}
