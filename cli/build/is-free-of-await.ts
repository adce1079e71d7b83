import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import type { Plugin, PluginBuild } from 'esbuild';

const RESOLVING = Symbol('resolving');
/** To the end of a package's folder. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * Whether nothing that these imports load has a top-level `await`. Of packages, those alone are
 * looked into that use this one: others have no `import()` of the project's or of ours to wait for,
 * and the AWS SDK takes as long to read as the project.
 */
export function isFreeOfAwait(
  esbuild: PluginBuild['esbuild'],
  imports: string,
  resolveDir: string,
): Promise<boolean> {
  return esbuild
    .build({
      stdin: { contents: imports, resolveDir },
      bundle: true,
      write: false,
      platform: 'node',
      mainFields: ['module', 'main'],
      plugins: [withoutOthers],
      // The one that refuses a top-level await.
      format: 'cjs',
      logLevel: 'silent',
    })
    .then(
      () => true,
      () => false,
    );
}

const withoutOthers: Plugin = {
  name: 'without-others',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...rest }) => {
      const { kind, importer, resolveDir } = rest;
      if (kind === 'entry-point' || pluginData !== undefined) return undefined;
      if (kind === 'dynamic-import' || isBuiltin(path)) return { path, external: true };
      if (/^[./]/.test(path)) return undefined;
      const options = { importer, kind, resolveDir, pluginData: RESOLVING };
      const resolved = await build.resolve(path, { ...options, with: rest.with });
      const isOther = resolved.errors.length > 0 || !(await usesLeadline(resolved.path));
      return isOther ? { path, external: true } : resolved;
    });
  },
};

/** A file that is in no package is the project's, one of its workspaces' among them. */
async function usesLeadline(path: string): Promise<boolean> {
  const folder = PACKAGE.exec(path)?.[0];
  if (folder === undefined) return true;
  const description = await readFile(`${folder}/package.json`, 'utf8').catch(() => '{}');
  const { dependencies, peerDependencies } = JSON.parse(description) as Dependent;
  return 'leadline' in { ...dependencies, ...peerDependencies };
}

interface Dependent {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}
