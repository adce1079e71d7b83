import type { RequestListener } from './front-server.ts';

/** Where the commands ask a running stack what it is. */
export const STACK_PATH = '/.leadline';

/** What is told, as `leadline --local` reads it. */
export interface StackFacts {
  /** Begins the names of its queues; absent where they have no such beginning. */
  stage?: string;
  region: string;
  /** SQS, CloudWatch, Lambda and what else there is of AWS. */
  awsEndpoint: string;
  /** The DynamoDB table of task state. @default there is none */
  table?: string;
}

/** `GET /.leadline`. The front server has refused what a page of another site asks. */
export function createTellStack(facts: () => StackFacts | undefined): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const told = facts();
    if (told === undefined) {
      response.writeHead(503, { 'retry-after': '1' }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(told));
  };
}
