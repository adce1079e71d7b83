import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What the items of the table hold: text, numbers and sets of text. */
export type Value = string | number | ReadonlySet<string>;
export type Item = Readonly<Record<string, Value>>;

export function toAttributes(
  values: Readonly<Record<string, Value | undefined>>,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) attributes[name] = toAttribute(value);
  }
  return attributes;
}

function toAttribute(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return { SS: [...value] };
}

/** Attributes of other types are not ours, and are left out. */
export function fromAttributes(attributes: Readonly<Record<string, AttributeValue>>): Item {
  const item: Record<string, Value> = {};
  for (const [name, { S, N, SS }] of Object.entries(attributes)) {
    if (S !== undefined) item[name] = S;
    else if (N !== undefined) item[name] = Number(N);
    else if (SS !== undefined) item[name] = new Set(SS);
  }
  return item;
}

export function textOf(item: Item, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(item: Item, name: string): number | undefined {
  const value = item[name];
  return typeof value === 'number' ? value : undefined;
}

export function setOf(item: Item, name: string): ReadonlySet<string> {
  const value = item[name];
  return value instanceof Set ? value : new Set();
}

/** A time that the item has in milliseconds. */
export function dateOf(item: Item, name: string): Date | undefined {
  const value = numberOf(item, name);
  return value === undefined ? undefined : new Date(value);
}
