import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../usage-error.ts';

/**
 * What a module of the project exports under a name: in TypeScript, or as it was built.
 *
 * @throws UsageError where it is missing; Error where the module cannot be loaded.
 */
export async function loadExport(directory: string, path: string, name: string): Promise<unknown> {
  const file = ['.ts', '.js', '.mjs'].map((end) => join(directory, path + end)).find(existsSync);
  if (file === undefined) {
    throw new UsageError(
      `There is no ${path}.ts in ${directory}, which has to export ${name}. Run leadline in the project's folder.`,
    );
  }
  const module = await import(pathToFileURL(file).href).catch(
    (error: Error & { code?: string }) => {
      if (error.code !== 'ERR_UNKNOWN_FILE_EXTENSION') {
        throw new Error(`${file} cannot be loaded: ${error.message}`, { cause: error });
      }
      throw new UsageError(
        `Node ${process.versions.node} does not read TypeScript. Run leadline on Node 22.18 or newer.`,
      );
    },
  );
  if (module[name] === undefined) throw new UsageError(`${file} does not export ${name}.`);
  return module[name];
}
