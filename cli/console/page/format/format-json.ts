import type { AttributeJson } from '../../console-api.ts';

/** Text as it is, all else as JSON. */
export function formatValue(value: AttributeJson | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Over lines, for an editor or a `<pre>`. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? '';
}
