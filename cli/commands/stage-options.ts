import type { Command } from 'commander';

/** What every command takes that looks at a stage. */
export function addStageOptions(command: Command): Command {
  return command
    .option('--stage <stage>', 'the stage, as describeStage of infra/config.ts takes it', 'dev')
    .option('--json', 'answer in JSON');
}
