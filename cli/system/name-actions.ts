import type { AwsClients } from '../../lib/queues/aws-clients.ts';

/** What every client of the AWS SDK has. */
interface Client {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: never) => Promise<unknown>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** Puts the action, as a policy names it, on what a client throws: SQS's refusals do not say it. */
export function nameActions<C extends object>(client: C, service: string): C {
  (client as C & Client).middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) =>
        next(args).catch((error: unknown) => {
          throw withAction(error, `${service}:${commandName.replace(/Command$/, '')}`);
        }),
    { step: 'initialize', name: 'nameActions' },
  );
  return client;
}

/** The same for the one call that does not go through a client. */
export function nameGetQueueAttributes(
  getQueueAttributes: AwsClients['getQueueAttributes'],
): AwsClients['getQueueAttributes'] {
  return (...args) =>
    getQueueAttributes(...args).catch((error: unknown) => {
      throw withAction(error, 'sqs:GetQueueAttributes');
    });
}

function withAction(error: unknown, action: string): unknown {
  return error instanceof Error ? Object.assign(error, { action }) : error;
}
