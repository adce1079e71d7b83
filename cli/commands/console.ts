import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';

const PORT = 4000;

export function addConsole(program: Command, context: CommandContext): void {
  program
    .command('console')
    .description('serve a page that shows the queues of a stage, to this machine alone')
    .option('--stage <stage>', 'the stage, as describeStage of infra/config.ts takes it', 'dev')
    .option('--port <port>', 'where; 0 picks a free one', readPort, PORT)
    .addHelpText(
      'after',
      '\nA page that is open asks SQS every 5 s and CloudWatch every minute: about 0.6 cents an hour for 3 queues.\nLinks to traces need ONEUPTIME_PROJECT_ID. Ends on Ctrl-C.',
    )
    .action((options) => serve(context, options));
}

async function serve(
  context: CommandContext,
  { stage, port }: { stage: string; port: number },
): Promise<void> {
  const { terminal } = context;
  const [{ createAwsSource }, { startConsoleServer }] = await Promise.all([
    import('../console/aws-source.ts'),
    import('../console/start-console-server.ts'),
  ]).catch(explainMissing);
  const source = await createAwsSource(context, stage);
  const server = await startConsoleServer(port, { source });
  terminal.print(`The console of ${source.title} is at ${server.url}`);
  terminal.complain('Ctrl-C ends it.');
  await untilSignal();
  await server.stop();
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
  });
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Use a whole number from 0 to 65535.');
}

function explainMissing(error: Error & { code?: string }): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes("'@aws-sdk/")) throw error;
  throw new Error(
    'leadline console needs @aws-sdk/client-sqs; with @aws-sdk/client-lambda and @aws-sdk/client-cloudwatch it shows workers and ages, too.',
  );
}
