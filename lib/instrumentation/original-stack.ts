import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A frame's place in a script: `file:///var/task/index.mjs:4:35458`. */
const PLACE = /((?:file:\/\/)?\/[^\s()]+\.m?js):(\d+):(\d+)/;
/** Scripts of one bundle that can stand in a stack, its chunks included. */
const MAX_MAPS = 100;

const maps = new Map<string, SourceMap | undefined>();

/**
 * A stack with the places of the sources, where the script has a source map beside it. A place in
 * a minified bundle changes with every build, and backends group exceptions by their stacks.
 *
 * Node's own `--enable-source-maps` reads the maps at every cold start; here the first failure
 * does.
 */
export function originalStack(stack: string): string {
  const lines = stack.split('\n');
  // The message comes first, and anything may stand in it: only what can be frames is looked at.
  const first = Math.max(0, lines.length - MAX_FRAMES);
  return lines
    .map((line, index) => (index >= first && isFrame(line) ? mapFrame(line) : line))
    .join('\n');
}

const MAX_FRAMES = 50;
const MAX_FRAME_LENGTH = 1_000;

function isFrame(line: string): boolean {
  return line.length <= MAX_FRAME_LENGTH && /^\s+at /.test(line);
}

function mapFrame(frame: string): string {
  return frame.replace(PLACE, (place, script: string, line: string, column: string) => {
    const entry = mapOf(script)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${withoutParents(originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

function mapOf(script: string): SourceMap | undefined {
  if (!maps.has(script) && maps.size < MAX_MAPS) maps.set(script, readMap(script));
  return maps.get(script);
}

function readMap(script: string): SourceMap | undefined {
  try {
    const path = script.startsWith('file:') ? fileURLToPath(script) : script;
    // A stack may name any file; the bundle's own are beside this one.
    if (dirname(path) !== import.meta.dirname) return undefined;
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Deployed without its map, or no bundle at all.
    return undefined;
  }
}

/** From the project's root, wherever the bundle was written to. */
function withoutParents(source: string): string {
  return source.replace(/^(\.\.\/)+/, '');
}
