import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StateUnavailable } from '../errors/state-unavailable.ts';
import { withinSignal } from '../task/within-signal.ts';
import { fromAttributes, type Item, toAttributes, type Value } from './attribute-values.ts';
import { pause } from './pause.ts';

export type DynamoDBSender = Pick<DynamoDBClient, 'send'>;

/** A change of one item. `#name` in its texts stands for the attribute of that name. */
export interface Change {
  update: string;
  condition?: string;
  /** `:name` in the texts, without the colon. */
  values: Readonly<Record<string, Value | undefined>>;
  /** Whether the item is wanted as it is after the change. @default false */
  returnItem?: boolean;
}

export interface ChangeResult {
  applied: boolean;
  /** Where it was not applied: the item that did not meet the condition, if there is one. */
  item?: Item;
}

/** The calls of DynamoDB that task state is made of. Each throws StateUnavailable. */
export interface TableCalls {
  /** Strongly consistent. */
  get(pk: string, signal?: AbortSignal): Promise<Item | undefined>;
  /** By key. Strongly consistent: the last member of a group reads what the others just wrote. */
  getMany(pks: readonly string[], signal?: AbortSignal): Promise<Map<string, Item>>;
  /** @returns whether there was no item of that key. */
  create(item: Item & { pk: string }, signal?: AbortSignal): Promise<boolean>;
  change(pk: string, change: Change, signal?: AbortSignal): Promise<ChangeResult>;
  /** @returns whether it was there and met the condition. */
  remove(pk: string, condition: Omit<Change, 'update'>): Promise<boolean>;
}

/** How long a call may take that brings no bound of its own. */
const CALL_MS = 3_000;
/** DynamoDB's limits of a batch. */
const GET_SIZE = 100;
const BATCH_TRIES = 8;

/** This module holds the AWS SDK: without task state it is never loaded. */
export function createTableCalls(
  TableName: string,
  client: DynamoDBSender = new DynamoDBClient({ maxAttempts: 3 }),
): TableCalls {
  const bounded = async <T>(
    signal: AbortSignal | undefined,
    call: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const abortSignal = signal ?? AbortSignal.timeout(CALL_MS);
    try {
      return await withinSignal(abortSignal, call(abortSignal));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      throw new StateUnavailable(TableName, error);
    }
  };
  const get: TableCalls['get'] = (pk, signal) =>
    bounded(signal, async (abortSignal) => {
      const command = new GetItemCommand({
        TableName,
        Key: toAttributes({ pk }),
        ConsistentRead: true,
      });
      const { Item } = await client.send(command, { abortSignal });
      return Item && fromAttributes(Item);
    });
  return {
    get,
    async getMany(pks, signal) {
      const items = new Map<string, Item>();
      // DynamoDB refuses a batch that names a key twice.
      const distinct = [...new Set(pks)];
      for (let start = 0; start < distinct.length; start += GET_SIZE) {
        let keys = distinct.slice(start, start + GET_SIZE).map((pk) => toAttributes({ pk }));
        for (let attempt = 1; keys.length > 0; attempt += 1) {
          const RequestItems = { [TableName]: { Keys: keys, ConsistentRead: true } };
          const { Responses = {}, UnprocessedKeys = {} } = await bounded(signal, (abortSignal) =>
            client.send(new BatchGetItemCommand({ RequestItems }), { abortSignal }),
          );
          for (const attributes of Responses[TableName] ?? []) {
            const item = fromAttributes(attributes);
            items.set(String(item['pk']), item);
          }
          keys = UnprocessedKeys[TableName]?.Keys ?? [];
          if (keys.length > 0) await backOff(attempt, TableName, signal);
        }
      }
      return items;
    },
    async create(item, signal) {
      const command = new PutItemCommand({
        TableName,
        Item: toAttributes(item),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      try {
        await bounded(signal, (abortSignal) => client.send(command, { abortSignal }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async change(pk, change, signal) {
      const command = new UpdateItemCommand({
        TableName,
        Key: toAttributes({ pk }),
        UpdateExpression: change.update,
        ...conditionOf(change, change.update),
        ReturnValues: change.returnItem ? 'ALL_NEW' : 'NONE',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        const { Attributes = {} } = await bounded(signal, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { applied: true, item: fromAttributes(Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // Not every implementation of the protocol gives the item with its refusal.
        const item = error.Item ? fromAttributes(error.Item) : await get(pk, signal);
        return { applied: false, ...(item && { item }) };
      }
    },
    async remove(pk, condition) {
      const Key = toAttributes({ pk });
      const command = new DeleteItemCommand({ TableName, Key, ...conditionOf(condition) });
      try {
        await bounded(undefined, (abortSignal) => client.send(command, { abortSignal }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

function conditionOf({ condition, values }: Omit<Change, 'update'>, update = '') {
  const names = `${update} ${condition ?? ''}`.matchAll(/#(\w+)/g);
  const attributes = toAttributes(values);
  const entries = Object.entries(attributes).map(([name, value]) => [`:${name}`, value] as const);
  return {
    ...(condition !== undefined && { ConditionExpression: condition }),
    ExpressionAttributeNames: Object.fromEntries([...names].map(([key, name = '']) => [key, name])),
    ...(entries.length > 0 && { ExpressionAttributeValues: Object.fromEntries(entries) }),
  };
}

/** A batch that is over the table's throughput comes back in part. */
async function backOff(attempt: number, table: string, signal?: AbortSignal): Promise<void> {
  if (attempt >= BATCH_TRIES) {
    throw new StateUnavailable(table, new Error(`throttled in ${attempt} tries`));
  }
  await pause(25 * 2 ** attempt * Math.random(), signal);
}
