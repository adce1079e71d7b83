import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import type { ImportKind, Plugin } from 'esbuild';

const NAMESPACE = 'builtin';
/** Space and comments, which may come before a module's name. */
const GAP = '(?:\\s|//.*[\\r\\n]|/\\*(?:[^*]|\\*(?!/))*\\*/)*';

/**
 * What Node has not loaded by itself when a function starts, and takes a millisecond or more for;
 * and util, which loads more of itself when its properties are only looked at.
 */
const LOADED_WHEN_USED = new Set([
  'child_process',
  'crypto',
  'http2',
  'https',
  'os',
  'util',
  'zlib',
]);

/**
 * Takes Node's own modules from `process.getBuiltinModule`. As ES modules they are slow to import:
 * Node then reads every export, and the getters among them load what nobody asked for, up to all
 * of undici behind `http.WebSocket`. As CommonJS modules an export is read where it is used, so
 * imports by name, default, namespace, import() and require() all have all of them.
 */
export function builtinModulesPlugin(): Plugin {
  return {
    name: 'builtin-modules',
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z][\w/]*$/ }, ({ path, kind, importer }) => {
        if (!isBuiltin(path)) return undefined;
        const short = path.replace(/^node:/, '');
        const form = formOf(short, kind, importer);
        return {
          // A few, node:test among them, have no short name.
          path: isBuiltin(short) ? short : path,
          namespace: NAMESPACE,
          // One copy a package: shared between packages that load at different times, each would
          // be a file of its own, which takes half a millisecond to open.
          suffix: form === 'dynamic' ? `?${form}` : `?${form}?${packageOf(importer)}`,
          sideEffects: false,
        };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path, suffix }) => ({
        contents: FORMS[suffix.split('?')[1] as Form](path),
      }));
    },
  };
}

function formOf(name: string, kind: ImportKind, importer: string): Form {
  if (kind === 'dynamic-import') return 'dynamic';
  // require() loads what it is asked for, and hands out that and nothing else.
  const isLate = kind !== 'require-call' && LOADED_WHEN_USED.has(name);
  if (kind === 'import-statement' && importsNamesOnly(importer, name)) {
    return isLate ? 'names-when-used' : 'names';
  }
  return isLate ? 'when-used' : 'whole';
}

/** Whether all that a file imports of a module are exports by their names. */
function importsNamesOnly(importer: string, name: string): boolean {
  const from = `${GAP}['"](?:node:)?${name}['"]`;
  const source = readSource(importer);
  const statements = source.match(new RegExp(`\\b(?:from|import)${from}`, 'g')) ?? [];
  const ofNames = new RegExp(`\\bimport\\s*\\{(?:(?!\\bdefault\\b)[^{}])*\\}\\s*from${from}`, 'g');
  return statements.length > 0 && source.match(ofNames)?.length === statements.length;
}

/** Nothing of what is no file: another plugin's modules, packages in an archive. */
function readSource(importer: string): string {
  try {
    return readFileSync(importer, 'utf8');
  } catch {
    return '';
  }
}

function packageOf(importer: string): string {
  return /^.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(importer)?.[1] ?? '';
}

type Form = 'whole' | 'names' | 'when-used' | 'names-when-used' | 'dynamic';
const FORMS: Record<Form, (name: string) => string> = {
  whole: (name) => `module.exports = ${get(name)};`,
  // Inherited, the exports are not copied one by one at each start, as esbuild does with own ones.
  names: (name) => `module.exports = Object.create(${get(name)} ?? null);`,
  'names-when-used': (name) => `
    let loaded;
    const get = (_, name) => name === '__esModule' ? undefined : (loaded ??= ${get(name)})[name];
    module.exports = Object.create(new Proxy({}, { get }));`,
  'when-used': moduleWhenUsed,
  dynamic: dynamicModule,
};

const get = (name: string) => `process.getBuiltinModule(${JSON.stringify(name)})`;

/**
 * A chunk of its own, in which esbuild would have nothing but a default export for CommonJS. What
 * import() answers is decided by an export named `then`: an object that still has the getters.
 */
function dynamicModule(name: string): string {
  return `
    const builtin = ${get(name)};
    const exports = Object.defineProperties({}, Object.getOwnPropertyDescriptors(builtin));
    Object.defineProperty(exports, 'default', { value: builtin, enumerable: true });
    export const { then } = { then: (resolve) => resolve(exports) };`;
}

/** The names are known when it is built; the module is loaded when the first of them is read. */
function moduleWhenUsed(name: string): string {
  const names = Object.keys(process.getBuiltinModule(name) ?? {});
  return `
    let loaded;
    const load = () => (loaded ??= ${get(name)});
    for (const name of ${JSON.stringify(names.join())}.split(',')) {
      Object.defineProperty(exports, name, {
        enumerable: true,
        get: () => load()[name],
        set: (value) => { load()[name] = value; },
      });
    }`;
}
