import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

const run = promisify(execFile);

/** Without credentials, in a home without a profile, and with a proxy that refuses every connection. */
test('cdk synth needs neither AWS nor a network', async () => {
  const home = await mkdtemp(join(tmpdir(), 'leadline-synth-'));
  const nowhere = 'http://127.0.0.1:9';
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const cdk = join(repository, 'node_modules/aws-cdk/bin/cdk');
  const args = [cdk, 'synth', '--quiet', '--context', 'stage=test', '--output', join(home, 'out')];
  await run(process.execPath, args, { cwd: repository, env });
  const template = await readFile(join(home, 'out/leadline-test.template.json'), 'utf8');
  await rm(home, { recursive: true });
  expect(template).toContain('"QueueName": "test-default"');
}, 120_000);
