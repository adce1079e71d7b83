import { App } from 'aws-cdk-lib';
import { describeStage } from './config.ts';
import { TaskQueueStack } from './task-queue-stack.ts';

/** `cdk deploy -c stage=prod`: one stack a stage, for whatever account and region deploys it. */
const app = new App({
  // Loading CDK's rules of CloudFormation takes longer than all else: 5 of 6.5 s of CPU. `npm test`
  // holds every stage against them.
  builtinCloudFormationValidation: false,
});
const config = describeStage(app.node.tryGetContext('stage'));
new TaskQueueStack(app, `leadline-${config.stage}`, {
  config,
  description: `Leadline: background tasks of the stage ${config.stage}`,
  terminationProtection: config.retainQueues,
});
