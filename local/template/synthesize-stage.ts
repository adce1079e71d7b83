import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describeStage } from '../../infra/config.ts';
import { TaskQueueStack } from '../../infra/task-queue-stack.ts';
import type { Template } from './template.ts';

/**
 * What `cdk synth -c stage=<stage>` writes, without the assets.
 *
 * @param bundles the folder of the built functions.
 * @throws Error for what `cdk synth` would refuse.
 */
export function synthesizeStage(stage: string, bundles: string): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'leadline-template-'));
  try {
    const app = new App({
      outdir,
      // As in infra/app.ts: loading CDK's rules takes longer than all else.
      builtinCloudFormationValidation: false,
      // The functions run from their bundles, and nobody deploys this.
      context: { 'aws:cdk:disable-asset-staging': true },
    });
    const config = describeStage(stage);
    const stack = new TaskQueueStack(app, `leadline-${stage}`, { config, bundles });
    return app.synth().getStackArtifact(stack.artifactId).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
