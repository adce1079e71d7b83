import type { Finding } from './finding.ts';

/** The functions run on Node 24; the command and the package on 22 and newer. */
export function checkNode(version: string): Finding {
  const name = 'Node';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 22) {
    const advice = 'Install Node 24, on which the functions run in Lambda too.';
    return { name, level: 'problem', text: `${version} is older than 22`, advice };
  }
  // Before, infra/config.ts could not be imported as it is.
  if (major === 22 && minor < 18) {
    const advice = 'Update to 22.18 or newer, best to 24.';
    return { name, level: 'warning', text: `${version} does not read TypeScript`, advice };
  }
  return { name, level: 'ok', text: version };
}
