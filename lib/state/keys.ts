import { createHash } from 'node:crypto';

/** DynamoDB takes 2 KB in a key, and anybody may write a message with an id of any length. */
const MAX_ID_LENGTH = 128;

/** The item of a task, or of a chain or group. */
export function taskKey(id: string): string {
  const fits = id.length <= MAX_ID_LENGTH && id.isWellFormed();
  return fits ? `task#${id}` : hashedKey('long-task', id);
}

/** As much of an id as its item has for whoever looks at the table: an item takes 400 KB. */
export function keptId(id: string): string {
  return id.slice(0, MAX_ID_LENGTH).toWellFormed();
}

/** What a chain or group is made of, beside how far it is. */
export function stepsKey(id: string): string {
  return hashedKey('steps', id);
}

export function scheduleKey(name: string): string {
  return `schedule#${name}`;
}

/** Of texts of any length, which may tell more than an operator of the table is to read. */
export function hashedKey(kind: string, ...parts: readonly string[]): string {
  return `${kind}#${sha256(JSON.stringify(parts))}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
