import type { AttributeJson } from '../../console-api.ts';
import { isObject } from './read-schema.ts';

/** From the payload down to a value in it. */
export type PayloadPath = readonly (string | number)[];

/** As the server names the place of a problem: `items[0].name`; empty for the payload itself. */
export function formatPath(path: PayloadPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

export function valueAt(
  payload: AttributeJson | undefined,
  path: PayloadPath,
): AttributeJson | undefined {
  return path.reduce<AttributeJson | undefined>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined;
    if (isObject(value) && Object.hasOwn(value, part)) return value[String(part)];
    return undefined;
  }, payload);
}

/** The payload with another value there; undefined takes it out. What is on the way is made. */
export function withValueAt(
  payload: AttributeJson | undefined,
  path: PayloadPath,
  value: AttributeJson | undefined,
): AttributeJson | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (typeof part === 'number') {
    const list = Array.isArray(payload) ? [...payload] : [];
    const next = withValueAt(list[part], rest, value);
    if (next === undefined) list.splice(part, 1);
    else list[part] = next;
    return list;
  }
  const entries = Object.entries(isObject(payload) ? payload : {});
  const next = withValueAt(isObject(payload) ? payload[part] : undefined, rest, value);
  const index = entries.findIndex(([key]) => key === part);
  if (next === undefined) return Object.fromEntries(entries.filter(([key]) => key !== part));
  if (index === -1) entries.push([part, next]);
  else entries[index] = [part, next];
  return Object.fromEntries(entries);
}
