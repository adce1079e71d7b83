import { describe, expect, it } from 'vitest';
import { readQueues, readScheduler, readTaskTable } from '../../functions/env.ts';
import { InvalidSetting } from '../../lib/index.ts';

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/app-default';
const dlqUrl = `${url}-dlq`;

it('reads the queues by their logical names', () => {
  const queues = { default: { url, dlqUrl }, high: { url } };
  expect(readQueues({ QUEUES: JSON.stringify(queues) })).toEqual(queues);
});

it('ignores keys that other readers of QUEUES need', () => {
  const queues = { default: { url, worker: 'process-default', mapping: 'a-b' } };
  expect(readQueues({ QUEUES: JSON.stringify(queues) })['default']?.url).toBe(url);
});

it.each([
  [undefined, 'is not set; give e.g. {"default":{"url":"https://sqs..."}}.'],
  ['', 'is not set; give e.g.'],
  ['default=https://x', 'is not JSON (default=https://x); give e.g.'],
  ['{}', 'names no queue; give e.g.'],
  ['[]', 'is not a JSON object of queues by name; give e.g.'],
  ['null', 'is not a JSON object of queues by name; give e.g.'],
  ['"x"', 'is not a JSON object of queues by name; give e.g.'],
  ['{"default":null}', "default.url is undefined; give the queue's URL."],
  [`{"default":"${url}"}`, 'default.url is undefined'],
  ['{"default":{}}', 'default.url is undefined'],
  ['{"default":{"url":"my-queue"}}', 'default.url is "my-queue"; give the queue\'s URL.'],
  ['{"default":{"url":7}}', 'default.url is 7'],
  [`{"default":{"url":"${url}"},"high":{"url":""}}`, 'high.url is ""'],
  [`{"default":{"url":"${url}","dlqUrl":"dlq"}}`, 'default.dlqUrl is "dlq"'],
  [`{"default":{"url":"${url}","dlqUrl":null}}`, 'default.dlqUrl is null'],
])('refuses QUEUES=%s and says what to do', (value, message) => {
  const read = () => readQueues({ QUEUES: value });
  expect(read).toThrow(InvalidSetting);
  expect(read).toThrow(`QUEUES: ${message}`);
});

it('does not print more of a bad value than helps', () => {
  expect(() => readQueues({ QUEUES: 'x'.repeat(4_000) })).toThrow(/^.{1,200}$/s);
});

const roleArn = 'arn:aws:iam::123456789012:role/app-scheduler';

it('reads the scheduler of messages for later, or none', () => {
  expect(readScheduler({ SCHEDULE_GROUP: 'dev-tasks', SCHEDULE_ROLE_ARN: roleArn })).toEqual({
    groupName: 'dev-tasks',
    roleArn,
  });
  expect(readScheduler({})).toBeUndefined();
  expect(readScheduler({ SCHEDULE_GROUP: '', SCHEDULE_ROLE_ARN: '' })).toBeUndefined();
});

it.each([
  [{ SCHEDULE_GROUP: 'dev-tasks' }, 'SCHEDULE_ROLE_ARN: is not set'],
  [{ SCHEDULE_ROLE_ARN: roleArn }, 'SCHEDULE_GROUP: is not set'],
  [
    { SCHEDULE_GROUP: 'dev-tasks', SCHEDULE_ROLE_ARN: 'app-scheduler' },
    'SCHEDULE_ROLE_ARN: is "app-scheduler"; give the ARN of the role',
  ],
])('refuses %j', (env, message) => {
  expect(() => readScheduler(env)).toThrow(InvalidSetting);
  expect(() => readScheduler(env)).toThrow(message);
});

describe('TASK_TABLE', () => {
  it.each([undefined, ''])('%j means that there is no task state', (TASK_TABLE) => {
    expect(readTaskTable(TASK_TABLE === undefined ? {} : { TASK_TABLE })).toBeUndefined();
  });

  it.each(['dev-task-state', 'a.b', 'x'.repeat(255)])('is the name of a table: %s', (name) => {
    expect(readTaskTable({ TASK_TABLE: name })).toBe(name);
  });

  it.each([
    'ab',
    'x'.repeat(256),
    'task state',
    'tasks\n',
    'täsks',
    'arn:aws:dynamodb:eu-west-1:123456789012:table/tasks',
  ])('is refused when no table can have the name: %j', (name) => {
    const read = () => readTaskTable({ TASK_TABLE: name });
    expect(read).toThrow(InvalidSetting);
    expect(read).toThrow(`TASK_TABLE: is ${JSON.stringify(name.slice(0, 80))}; give the name of`);
  });
});
