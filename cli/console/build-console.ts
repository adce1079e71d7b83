import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'vite';

export interface BuildConsoleOptions {
  /** The folder that `cli/console/page` is in. */
  projectDirectory: string;
  /** @default dist/console in the project */
  outputDirectory?: string;
}

/**
 * Bundles the console's page to `dist/console/`: index.html, and beside it in `assets/` everything
 * that it loads, with a hash in each name, also as `.gz` and `.br`. Nothing is written into the HTML itself and nothing comes
 * from elsewhere, so that `script-src 'self'; style-src 'self'` holds.
 *
 * @throws what Vite throws when a source does not build; what was built before stays.
 */
export async function buildConsole(options: BuildConsoleOptions): Promise<void> {
  const { projectDirectory } = options;
  const { outputDirectory = join(projectDirectory, 'dist/console') } = options;
  await build({
    // No configuration file, no `.env` and nothing of `public/`: what is named here is all there is.
    configFile: false,
    envDir: false,
    publicDir: false,
    root: join(projectDirectory, 'cli/console/page'),
    // Relative, so that the page works below any path.
    base: './',
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: outputDirectory,
      emptyOutDir: true,
      // Those that have light-dark().
      target: ['chrome123', 'firefox120', 'safari17.5'],
      assetsInlineLimit: 0,
      // The polyfill is an inline script in some browsers, and none of ours needs it.
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  await compressFiles(outputDirectory);
}

/** Leaves each file as `.gz` and `.br`, too: compressed once, and as well as can be. */
async function compressFiles(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const bytes = await readFile(path);
      const [zipped, brotli] = await Promise.all([
        promisify(gzip)(bytes, { level: 9 }),
        promisify(brotliCompress)(bytes),
      ]);
      await Promise.all([writeFile(`${path}.gz`, zipped), writeFile(`${path}.br`, brotli)]);
    }),
  );
}
