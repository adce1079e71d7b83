import { expect, it } from 'vitest';
import { readQueueUrl } from '../../../lib/producer/queue-arn.ts';

it.each([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/app-low', 'eu-west-1', 'app-low'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/a', 'cn-north-1', 'a'],
  ['https://sqs.us-gov-west-1.amazonaws.com/123456789012/a', 'us-gov-west-1', 'a'],
  ['https://sqs-fips.us-east-2.amazonaws.com/123456789012/a.fifo', 'us-east-2', 'a.fifo'],
  ['https://sqs.us-east-1.api.aws/123456789012/a', 'us-east-1', 'a'],
  ['https://vpce-1-2.sqs.ap-southeast-2.vpce.amazonaws.com/123456789012/a', 'ap-southeast-2', 'a'],
  ['https://eu-central-1.queue.amazonaws.com/123456789012/a', 'eu-central-1', 'a'],
  ['https://queue.amazonaws.com/123456789012/a', 'us-east-1', 'a'],
  ['http://127.0.0.1:4000/123456789012/local-low', undefined, 'local-low'],
])('reads %s', (url, region, sqsName) => {
  expect(readQueueUrl(url)).toEqual({
    accountId: '123456789012',
    sqsName,
    ...(region !== undefined && { region }),
  });
});

it.each(['http://127.0.0.1:4000/app', 'https://sqs.eu-west-1.amazonaws.com/12/app', 'http://a/'])(
  'finds no queue of an account in %s',
  (url) => {
    expect(readQueueUrl(url)).toBeUndefined();
  },
);
