import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';

/** What each asset of the assembly would upload: contents by file name. */
export function assetFiles(assembly: CloudAssembly): Map<string, Buffer>[] {
  return readdirSync(assembly.directory)
    .filter((name) => /^asset\.[0-9a-f]+$/.test(name))
    .map((name) => {
      const folder = join(assembly.directory, name);
      const files = readdirSync(folder, { recursive: true, withFileTypes: true });
      return new Map(
        files
          .filter((file) => file.isFile())
          .map((file) => join(file.parentPath, file.name))
          .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
      );
    });
}
