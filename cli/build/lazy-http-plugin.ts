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
      build.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
        path: path.replace(/^node:/, ''),
        namespace: 'builtin',
      }));
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}
