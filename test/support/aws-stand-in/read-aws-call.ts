import type { IncomingMessage } from 'node:http';

/** One call of an AWS API. */
export interface AwsCall {
  /** As AWS names it: `GetQueueAttributes`. */
  action: string;
  /** The queue, function, mapping or parameter; `''` for lists and metrics. */
  subject: string;
  input: Record<string, unknown>;
  /** By `performance.now()` of the machine's clock. */
  at: number;
}

/** JSON 1.0 and 1.1 name the action in a header; Lambda's REST API in the path. */
export function readAwsCall({ headers, url = '' }: IncomingMessage, body: string): AwsCall {
  const [, action] = String(headers['x-amz-target'] ?? '').split('.');
  const at = now();
  if (action !== undefined) {
    const input = JSON.parse(body || '{}');
    return { action, subject: subjectOf(input), input, at };
  }
  const { pathname, searchParams } = new URL(url, 'http://lambda');
  const [, , kind, subject = '', detail] = pathname.split('/');
  const input = Object.fromEntries(searchParams);
  if (kind === 'functions' && detail === 'configuration') {
    return { action: 'GetFunctionConfiguration', subject: decodeURIComponent(subject), input, at };
  }
  const mappingAction = subject === '' ? 'ListEventSourceMappings' : 'GetEventSourceMapping';
  return { action: mappingAction, subject: decodeURIComponent(subject), input, at };
}

/** The clock of the machine, also under a test's own. */
const now = performance.now.bind(performance);

function subjectOf({ QueueUrl, Name }: Record<string, unknown>): string {
  if (typeof QueueUrl === 'string') return QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  return typeof Name === 'string' ? Name : '';
}
