import type { DynamoDbAnswer } from './call-dynalite.ts';

type Attributes = Record<string, unknown>;

/** A PutItem, UpdateItem or DeleteItem, as far as it is read. */
export interface WriteInput {
  TableName?: string;
  Key?: Attributes;
  Item?: Attributes;
  ReturnValuesOnConditionCheckFailure?: string;
}

/** Gets an item of the table, or undefined. */
export type GetItem = (tableName: string, key: Attributes) => Promise<Attributes | undefined>;

/**
 * ReturnValuesOnConditionCheckFailure, which dynalite drops without a word: adds the item to its
 * refusal of a write. Another write has a longer way through dynalite than this read, so that none
 * comes between the two (a test holds it). Not for tables that were made later.
 */
export async function addOldItem(
  answer: DynamoDbAnswer,
  input: WriteInput,
  partitionKeyOf: (tableName: string) => string | undefined,
  getItem: GetItem,
): Promise<DynamoDbAnswer> {
  const { TableName = '', ReturnValuesOnConditionCheckFailure: wanted } = input;
  if (wanted !== 'ALL_OLD') return answer;
  const refusal = JSON.parse(answer.body) as { __type?: string };
  if (!refusal.__type?.endsWith('#ConditionalCheckFailedException')) return answer;
  const partitionKey = partitionKeyOf(TableName);
  if (partitionKey === undefined) return answer;
  const Item = await getItem(
    TableName,
    input.Key ?? { [partitionKey]: input.Item?.[partitionKey] },
  );
  if (Item === undefined) return answer;
  // The checksum is of the body as it was.
  const { 'x-amz-crc32': _, 'content-length': __, ...headers } = answer.headers;
  return { ...answer, headers, body: JSON.stringify({ ...refusal, Item }) };
}
