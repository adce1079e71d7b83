import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventSourceMapping } from '../../../local/event-source-mapping/event-source-mapping.ts';
import { createLambdaApi } from '../../../local/lambda-api/lambda-api.ts';
import { type MappingBench, startMappingBench } from '../event-source-mapping/mapping-bench.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000';

interface LambdaBench extends MappingBench {
  lambda: LambdaClient;
  mapping: EventSourceMapping;
  endpoint: string;
  state(): Promise<string | undefined>;
  enable(Enabled: boolean): Promise<string | undefined>;
}

/** Lambda's API over two mappings of one real queue, the first of which takes its messages. */
async function startLambdaBench(): Promise<LambdaBench> {
  const bench = await startMappingBench();
  const mapping = (uuid: string, functionName: string, more: object = {}) => ({
    description: { uuid, queueName: 'default', functionName, ...more },
    queueArn: bench.server.queueArn('default'),
    running: bench.map({ uuid, functionName, ...more }),
  });
  const first = mapping('mapping-1', 'worker', {
    maximumConcurrency: 3,
    reportBatchItemFailures: true,
  });
  const mappings = [
    first,
    { ...mapping('mapping-2', 'other', { batchSize: 1 }), queueArn: `${QUEUE_ARN}:unused` },
    { ...mapping('mapping-3', 'worker'), queueArn: `${QUEUE_ARN}:unused` },
  ];
  await Promise.all(mappings.slice(1).map(({ running }) => running.disable()));
  const api = createLambdaApi({
    functions: [
      { functionName: 'worker', bundle: 'worker', environment: { A: '1' }, timeoutSeconds: 40 },
    ],
    mappings,
    account,
  });
  const server = createServer(api);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lambda = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => {
    lambda.destroy();
    server.close();
    server.closeAllConnections();
  });
  const UUID = 'mapping-1';
  return {
    ...bench,
    lambda,
    mapping: first.running,
    endpoint,
    state: async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State,
    enable: async (Enabled) =>
      (await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))).State,
  };
}

describe('GetFunctionConfiguration', () => {
  it('finds a function by its name, its ARN and a part of it', async () => {
    const { lambda } = await startLambdaBench();
    for (const FunctionName of ['worker', `${ARN}:worker`, '000000000000:function:worker']) {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect(found).toMatchObject({
        FunctionName: 'worker',
        FunctionArn: `${ARN}:worker`,
        State: 'Active',
        LastUpdateStatus: 'Successful',
        Runtime: 'nodejs24.x',
        Timeout: 40,
        MemorySize: 128,
        Environment: { Variables: { A: '1' } },
      });
    }
  });

  it('refuses a function that is not there', async () => {
    const { lambda } = await startLambdaBench();
    for (const FunctionName of [
      'nobody',
      'arn:aws:lambda:eu-west-1:000000000000:function:worker',
    ]) {
      const missing = lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      await expect(missing).rejects.toBeInstanceOf(ResourceNotFoundException);
      await expect(missing).rejects.toThrow(/^Function not found: arn:aws:lambda/);
    }
  });
});

describe('GetEventSourceMapping', () => {
  it('tells of the queue, the function and how batches are made', async () => {
    const { lambda } = await startLambdaBench();
    const get = (UUID: string) => lambda.send(new GetEventSourceMappingCommand({ UUID }));
    expect(await get('mapping-1')).toMatchObject({
      UUID: 'mapping-1',
      EventSourceArn: `${QUEUE_ARN}:default`,
      FunctionArn: `${ARN}:worker`,
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      ScalingConfig: { MaximumConcurrency: 3 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      State: 'Enabled',
      LastModified: expect.any(Date),
    });
    expect(await get('mapping-2')).toMatchObject({ BatchSize: 1, State: 'Disabled' });
  });

  it('refuses one that is not there', async () => {
    const { lambda } = await startLambdaBench();
    const UUID = 'none';
    await expect(lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    await expect(
      lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('ListEventSourceMappings', () => {
  it.each([
    ['all', {}, ['mapping-1', 'mapping-2', 'mapping-3']],
    ['those of a function', { FunctionName: 'worker' }, ['mapping-1', 'mapping-3']],
    ['by its ARN', { FunctionName: `${ARN}:other` }, ['mapping-2']],
    ['those of a queue', { EventSourceArn: `${QUEUE_ARN}:unused` }, ['mapping-2', 'mapping-3']],
    [
      'those of both',
      { EventSourceArn: `${QUEUE_ARN}:unused`, FunctionName: 'worker' },
      ['mapping-3'],
    ],
    ['none of another queue', { EventSourceArn: `${QUEUE_ARN}:nobody` }, []],
  ])('lists %s', async (_, input: ListEventSourceMappingsCommandInput, expected) => {
    const { lambda } = await startLambdaBench();
    const listed = await lambda.send(new ListEventSourceMappingsCommand(input));
    expect(listed.EventSourceMappings?.map(({ UUID }) => UUID)).toEqual(expected);
    expect(listed.NextMarker).toBeFalsy();
  });

  it('pages', async () => {
    const { lambda } = await startLambdaBench();
    const pages: (string | undefined)[][] = [];
    let Marker: string | undefined;
    do {
      const page = await lambda.send(new ListEventSourceMappingsCommand({ MaxItems: 2, Marker }));
      pages.push(page.EventSourceMappings?.map(({ UUID }) => UUID) ?? []);
      Marker = page.NextMarker;
    } while (Marker && pages.length < 9);
    expect(pages).toEqual([['mapping-1', 'mapping-2'], ['mapping-3']]);
    await expect(
      lambda.send(new ListEventSourceMappingsCommand({ Marker: 'nonsense' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

describe('UpdateEventSourceMapping', () => {
  it('disables: what is in flight is finished, nothing new is received', async () => {
    const { mapping, enable, state, send, invocations, counters } = await startLambdaBench();
    await send('in flight');
    await expect.poll(() => invocations.length).toBe(1);
    expect(await enable(false)).toBe('Disabling');
    // It polls no more by then, and waits no longer for its batch.
    await mapping.disable();
    await send('left alone');
    expect(await state()).toBe('Disabling');
    invocations[0]?.answer({ batchItemFailures: [] });
    await expect.poll(state).toBe('Disabled');
    expect(await counters()).toEqual([1, 0, 0]);
    expect(invocations).toHaveLength(1);
  });

  it('enables again: the backlog is taken', async () => {
    const { enable, state, send, invocations } = await startLambdaBench();
    await enable(false);
    await expect.poll(state, { timeout: 5_000 }).toBe('Disabled');
    await send('waiting');
    expect(await enable(true)).toBe('Enabling');
    await expect.poll(state).toBe('Enabled');
    await expect.poll(() => invocations.map(({ bodies }) => bodies)).toEqual([['waiting']]);
  });

  it('loses no message when it is enabled while it is being disabled', async () => {
    const { enable, state, send, invocations } = await startLambdaBench();
    for (let round = 0; round < 20; round++) {
      await Promise.all([enable(false), send(`m${round}`)]);
      await enable(true);
    }
    expect(await state()).toBe('Enabled');
    const answerAll = () => {
      for (const invocation of invocations) invocation.answer({ batchItemFailures: [] });
      return invocations.flatMap(({ bodies }) => bodies).length;
    };
    await expect.poll(answerAll, { timeout: 5_000 }).toBe(20);
  });

  it('refuses to change anything else', async () => {
    const { lambda } = await startLambdaBench();
    await expect(
      lambda.send(new UpdateEventSourceMappingCommand({ UUID: 'mapping-1', BatchSize: 1 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

it.each([
  ['POST', '/2015-03-31/functions/worker/configuration', '{}', 404],
  ['GET', '/2015-03-31/functions/%E0%A4%A/configuration', undefined, 400],
  ['PUT', '/2015-03-31/event-source-mappings/mapping-1', 'no JSON', 400],
  ['PUT', '/2015-03-31/event-source-mappings/mapping-1', '{"Enabled":"no"}', 400],
])('refuses %s %s with the body %s', async (method, path, body, status) => {
  const { endpoint, state } = await startLambdaBench();
  const response = await fetch(endpoint + path, { method, ...(body && { body }) });
  expect(response.status).toBe(status);
  expect(await state()).toBe('Enabled');
});
