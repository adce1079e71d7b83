import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { startWithTables, TABLE } from './use-dynamodb.ts';

type Item = Record<string, AttributeValue>;

const key = (pk: string): Item => ({ pk: { S: pk } });
const put = (client: DynamoDBClient, item: Item) =>
  client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
const create = (client: DynamoDBClient, Item: Item) =>
  client.send(
    new PutItemCommand({
      TableName: TABLE,
      Item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
const get = async (client: DynamoDBClient, pk: string) => {
  const ConsistentRead = true;
  return (await client.send(new GetItemCommand({ TableName: TABLE, Key: key(pk), ConsistentRead })))
    .Item;
};
const update = (client: DynamoDBClient, pk: string, rest: Partial<UpdateItemCommandInput>) =>
  client.send(
    new UpdateItemCommand({ TableName: TABLE, Key: key(pk), ReturnValues: 'ALL_NEW', ...rest }),
  );
const failure = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => 'no failure',
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  return error as ConditionalCheckFailedException;
};

describe('an item', () => {
  it('is got as it was put, from the first moment of the stack', async () => {
    const { client } = await startWithTables();
    const item = { ...key('a'), state: { S: 'queued' }, times: { M: { at: { N: '1.5' } } } };
    await put(client, item);
    expect(await get(client, 'a')).toEqual(item);
    expect(await get(client, 'b')).toBeUndefined();
  });

  it('is not put where it is there already, and the refusal tells it', async () => {
    const { client } = await startWithTables();
    const first = { ...key('a'), owner: { S: 'first' } };
    await create(client, first);
    const refused = await failure(create(client, { ...key('a'), owner: { S: 'second' } }));
    expect(refused.Item).toEqual(first);
    expect(await get(client, 'a')).toEqual(first);
  });

  it('is told by the refusal only where that was asked for', async () => {
    const { client } = await startWithTables();
    await put(client, key('a'));
    const again = new PutItemCommand({
      TableName: TABLE,
      Item: key('a'),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect((await failure(client.send(again))).Item).toBeUndefined();
  });

  it('that is not there is in no refusal', async () => {
    const { client } = await startWithTables();
    const refused = await failure(
      update(client, 'a', {
        UpdateExpression: 'SET n = :n',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':n': { N: '1' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    expect(refused.Item).toBeUndefined();
    expect(await get(client, 'a')).toBeUndefined();
  });

  it('is updated in all the ways that a state needs', async () => {
    const { client } = await startWithTables();
    await put(client, { ...key('a'), state: { S: 'queued' }, lease: { N: '5' } });
    const { Attributes } = await update(client, 'a', {
      UpdateExpression:
        'SET #state = :running, attempts = if_not_exists(attempts, :zero) + :one, runs = list_append(if_not_exists(runs, :none), :run) ADD members :members REMOVE lease',
      ConditionExpression:
        '#state IN (:queued, :retrying) AND (attribute_not_exists(lease) OR lease < :now) AND NOT contains(members, :member)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':running': { S: 'running' },
        ':queued': { S: 'queued' },
        ':retrying': { S: 'retrying' },
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':none': { L: [] },
        ':run': { L: [{ S: 'r-1' }] },
        ':members': { SS: ['m-1', 'm-2'] },
        ':member': { S: 'm-1' },
        ':now': { N: '6' },
      },
    });
    expect(Attributes).toEqual({
      ...key('a'),
      state: { S: 'running' },
      attempts: { N: '1' },
      runs: { L: [{ S: 'r-1' }] },
      members: { SS: ['m-1', 'm-2'] },
    });
  });

  it('joins a set once, and the second time the refusal tells the set', async () => {
    const { client } = await startWithTables();
    const join = (member: string) =>
      update(client, 'group', {
        UpdateExpression: 'ADD members :members',
        ConditionExpression: 'NOT contains(members, :member)',
        ExpressionAttributeValues: { ':members': { SS: [member] }, ':member': { S: member } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
    await join('m-1');
    await join('m-2');
    const refused = await failure(join('m-1'));
    expect(refused.Item?.['members']).toEqual({ SS: ['m-1', 'm-2'] });
  });

  it('goes when its condition holds, and only then', async () => {
    const { client } = await startWithTables();
    const item = { ...key('a'), owner: { S: 'me' } };
    await put(client, item);
    const remove = (owner: string) =>
      client.send(
        new DeleteItemCommand({
          TableName: TABLE,
          Key: key('a'),
          ConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: owner } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    expect((await failure(remove('you'))).Item).toEqual(item);
    await remove('me');
    expect(await get(client, 'a')).toBeUndefined();
  });
});

it('a condition that dynalite cannot evaluate is refused, and the item can be written after it', async () => {
  const { client } = await startWithTables();
  const set = {
    UpdateExpression: 'SET n = :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  };
  await update(client, 'a', set);
  const odd = update(client, 'a', { ...set, ConditionExpression: 'n IN (nothing)' });
  await expect(odd).rejects.toThrow('dynalite, the local DynamoDB, cannot evaluate the condition');
  const { Attributes } = await update(client, 'a', { ...set, UpdateExpression: 'ADD n :one' });
  expect(Attributes?.['n']).toEqual({ N: '2' });
});

describe('of many writers', () => {
  it('one creates the item, and the others are told what it wrote', async () => {
    const { client } = await startWithTables();
    const all = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        create(client, { ...key('a'), owner: { N: String(index) } }),
      ),
    );
    const winners = all.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    for (const each of all) {
      if (each.status === 'rejected') expect(each.reason.Item.owner.N).toBe(String(winners[0]));
    }
  });

  it('each that is refused for an item is told it, although others take it away', async () => {
    const { client } = await startWithTables();
    const remove = () => client.send(new DeleteItemCommand({ TableName: TABLE, Key: key('a') }));
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        // Two by two: every second one to create it finds it there.
        index % 4 < 2 ? create(client, key('a')) : remove(),
      ),
    );
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused) expect(each).toMatchObject({ reason: { Item: key('a') } });
  });

  it('none loses what another adds', async () => {
    const { client } = await startWithTables();
    const add = () =>
      update(client, 'a', {
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      });
    await Promise.all(Array.from({ length: 50 }, add));
    expect((await get(client, 'a'))?.['n']).toEqual({ N: '50' });
  });
});

describe('a batch', () => {
  it('is written and read', async () => {
    const { client } = await startWithTables();
    await put(client, key('old'));
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TABLE]: [
            { PutRequest: { Item: key('a') } },
            { PutRequest: { Item: key('b') } },
            { DeleteRequest: { Key: key('old') } },
          ],
        },
      }),
    );
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [TABLE]: { Keys: ['a', 'b', 'old'].map(key), ConsistentRead: true } },
      }),
    );
    const found = Responses?.[TABLE]?.map(({ pk }) => pk?.S);
    expect(found?.toSorted()).toEqual(['a', 'b']);
    expect(UnprocessedKeys).toEqual({});
  });

  it('that is too large gives keys back, to be asked for again', async () => {
    const { client } = await startWithTables();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const text = { S: 'x'.repeat(390_000) };
    for (const name of names) await put(client, { ...key(name), text });
    const found: Item[] = [];
    let Keys: Item[] | undefined = names.map(key);
    let requests = 0;
    while (Keys !== undefined && requests < 5) {
      const RequestItems: Record<string, KeysAndAttributes> = {
        [TABLE]: { Keys, ConsistentRead: true },
      };
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems }),
      );
      found.push(...(answer.Responses?.[TABLE] ?? []));
      Keys = answer.UnprocessedKeys?.[TABLE]?.Keys;
      requests += 1;
    }
    expect(found.map(({ pk }) => pk?.S).toSorted()).toEqual(names);
    expect(requests).toBeGreaterThan(1);
  });
});

it('has every table of the description, each with its own items and key', async () => {
  const { client } = await startWithTables([
    { tableName: TABLE, partitionKey: 'pk' },
    { tableName: 'orders', partitionKey: 'order_id' },
  ]);
  await put(client, key('a'));
  const Item = { order_id: { S: 'a' } };
  const again = new PutItemCommand({
    TableName: 'orders',
    Item,
    ConditionExpression: 'attribute_not_exists(order_id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await client.send(again);
  expect((await failure(client.send(again))).Item).toEqual(Item);
  const elsewhere = new GetItemCommand({ TableName: 'no-table', Key: key('a') });
  await expect(client.send(elsewhere)).rejects.toThrow(ResourceNotFoundException);
});
