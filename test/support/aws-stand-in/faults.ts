import type { ServerResponse } from 'node:http';
import type { AwsCall } from './read-aws-call.ts';

/**
 * `garbage`: 200 and no JSON; `empty`: 200 and `{}`; `error`: 500; else what AWS refuses with.
 */
export type AwsFault =
  | 'throttle'
  | 'deny'
  | 'hang'
  | 'reset'
  | 'garbage'
  | 'empty'
  | 'error'
  | { status: number; type: string; message: string };

type Misbehave = (call: AwsCall, response: ServerResponse) => void;

interface Rule {
  action: string;
  of: string | undefined;
  left: number;
  fault: AwsFault;
}

/** The newest rule that fits decides. */
export function createFaults() {
  let rules: Rule[] = [];
  return {
    add(
      action: string,
      fault: AwsFault,
      { of, times = Infinity }: { of?: string; times?: number } = {},
    ) {
      rules.unshift({ action, of, left: times, fault });
    },
    remove(action: string) {
      rules = rules.filter((rule) => rule.action !== action);
    },
    of(call: AwsCall): 'hang' | 'reset' | Misbehave | undefined {
      const rule = rules.find(
        ({ action, of, left }) =>
          action === call.action && left > 0 && (of ?? call.subject) === call.subject,
      );
      if (rule === undefined) return undefined;
      rule.left -= 1;
      const { fault } = rule;
      if (fault === 'hang' || fault === 'reset') return fault;
      if (fault === 'garbage') return raw(200, '<html>It works!</html>');
      if (fault === 'empty') return raw(200, '{}');
      return (_, response) =>
        refuse(response, typeof fault === 'string' ? refusal(fault, call) : fault);
    },
  };
}

function raw(status: number, body: string): Misbehave {
  return (_, response) => void response.writeHead(status).end(body);
}

function refuse(
  response: ServerResponse,
  { status, type, message }: { status: number; type: string; message: string },
): void {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type };
  response.writeHead(status, headers).end(JSON.stringify({ __type: type, message }));
}

/** Each service has a name of its own for being throttled. */
const THROTTLED: Readonly<Record<string, { status: number; type: string }>> = {
  GetQueueAttributes: { status: 400, type: 'com.amazonaws.sqs#RequestThrottled' },
  ListQueues: { status: 400, type: 'com.amazonaws.sqs#RequestThrottled' },
  GetMetricData: { status: 400, type: 'ThrottlingException' },
  GetParameter: { status: 400, type: 'ThrottlingException' },
};

function refusal(fault: 'throttle' | 'deny' | 'error', { action, subject }: AwsCall) {
  if (fault === 'throttle') {
    const { status, type } = THROTTLED[action] ?? { status: 429, type: 'TooManyRequestsException' };
    return { status, type, message: 'Rate exceeded' };
  }
  if (fault === 'error') return { status: 500, type: 'InternalFailure', message: 'Try again.' };
  // As IAM says it, with whom and what.
  const message = `User: arn:aws:sts::123456789012:assumed-role/depth/sample is not authorized to perform: ${action} on resource: arn:aws:sqs:eu-west-1:123456789012:${subject}`;
  return { status: 403, type: 'AccessDeniedException', message };
}
