import { basename } from 'node:path';
import type { Metafile } from 'esbuild';

/** What a bundle weighs. */
export interface BundleSize {
  /** Bytes of what a cold start loads: index.mjs and what it imports statically. */
  loadedBytes: number;
  /** Bytes that load with the first flush: OpenTelemetry's metrics and exporters. 0 without telemetry. */
  firstFlushBytes: number;
  /** Bytes that load beside them where task state is on: the client of DynamoDB. 0 without it. */
  taskStateBytes: number;
  /** Bytes of all JavaScript, chunks that load later included. */
  totalBytes: number;
  /** Bytes of all files of the directory: source maps, too. */
  directoryBytes: number;
  /** What a cold start loads, by origin, the largest first. */
  contributors: Contributor[];
}

export interface Contributor {
  /** A package, or a folder of the project. */
  name: string;
  bytes: number;
}

/** What the first flush imports where the protocol is the default one. */
const FIRST_FLUSH = /(^|\/)lib\/telemetry\/json-exporters\.(ts|js)$/;

/** What a function with task state imports, and what that imports when it is made. */
const TASK_STATE = /(^|\/)lib\/(state|state\/table-calls|worker\/task-recorder)\.(ts|js)$/;

export function measureBundle({ outputs }: Metafile): BundleSize {
  const scripts = Object.keys(outputs).filter((path) => path.endsWith('.mjs'));
  const loadedWith = (isEntry: (path: string) => boolean) => {
    const loaded = new Set<string>();
    const load = (path: string) => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const each of outputs[path]?.imports ?? []) {
        if (each.kind === 'import-statement' && !each.external) load(each.path);
      }
    };
    for (const path of scripts) if (isEntry(path)) load(path);
    return loaded;
  };
  const loaded = loadedWith((path) => basename(path) === 'index.mjs');
  const laterBytes = (entry: RegExp) => {
    const later = loadedWith((path) => entry.test(outputs[path]?.entryPoint ?? ''));
    return sum([...later].filter((path) => !loaded.has(path)));
  };
  const sum = (paths: Iterable<string>) =>
    [...paths].reduce((bytes, path) => bytes + (outputs[path]?.bytes ?? 0), 0);
  return {
    loadedBytes: sum(loaded),
    firstFlushBytes: laterBytes(FIRST_FLUSH),
    taskStateBytes: laterBytes(TASK_STATE),
    totalBytes: sum(scripts),
    directoryBytes: sum(Object.keys(outputs)),
    contributors: contributorsOf([...loaded].flatMap((path) => outputs[path] ?? [])),
  };
}

function contributorsOf(loaded: readonly Metafile['outputs'][string][]): Contributor[] {
  const bytes = new Map<string, number>();
  for (const { inputs } of loaded) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = originOf(path);
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .map(([name, each]) => ({ name, bytes: each }))
    .filter((each) => each.bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

/** The package that a file is of, the innermost one; or its folder, which for lib/ is two deep. */
function originOf(path: string): string {
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (inPackage !== undefined) return inPackage;
  const folders = path
    .replace(/^(\.\.\/)+/, '')
    .split('/')
    .slice(0, -1);
  return folders.slice(0, 2).join('/') || path;
}
