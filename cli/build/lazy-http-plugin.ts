import type { Plugin } from 'esbuild';

/**
 * Takes `node:http` and `node:https` from `process.getBuiltinModule`. As ES modules they are
 * slow to import: Node then reads every export, and reading `http.WebSocket` and its like loads
 * all of undici, some 20 ms of a cold start.
 */
export function lazyHttpPlugin(): Plugin {
  return {
    name: 'lazy-http',
    setup(build) {
      build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) => ({
        path: path.replace(/^node:/, ''),
        namespace: kind === 'require-call' ? 'builtin-cjs' : 'builtin-esm',
      }));
      build.onLoad({ filter: /.*/, namespace: 'builtin-cjs' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      }));
      build.onLoad({ filter: /.*/, namespace: 'builtin-esm' }, ({ path }) => ({
        contents:
          `const builtin = process.getBuiltinModule(${JSON.stringify(path)});` +
          `export default builtin; export const { ${plainExports(path).join(', ')} } = builtin;`,
      }));
    },
  };
}

/** The exports that are plain values: the getters among them are what is slow. */
function plainExports(name: string): string[] {
  const builtin = process.getBuiltinModule(name) ?? {};
  return Object.entries(Object.getOwnPropertyDescriptors(builtin))
    .filter(([key, descriptor]) => 'value' in descriptor && key !== 'default')
    .map(([key]) => key);
}
