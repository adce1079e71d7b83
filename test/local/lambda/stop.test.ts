import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startFixtureService } from './fixture-service.ts';
import { processState } from './process-state.ts';
import { waitUntil } from './wait-until.ts';

test('stop leaves neither a process nor a listener: idle, in init and in mid-invocation', async () => {
  const service = startFixtureService({
    idle: `export const handler = async () => process.env.AWS_LAMBDA_RUNTIME_API;`,
    init: `await exists('/never');`,
    busy: `export const handler = async () => exists('/never');`,
    extended: `const { headers } = await register(['INVOKE']);
      process.on('SIGTERM', () => {});
      (async () => { for (;;) await nextEvent(headers['lambda-extension-identifier']); })();
      export const handler = async () => exists('/never');`,
  });
  const address = JSON.parse((await service.invoke('idle', '{}')).payload);
  const pending = ['init', 'busy', 'extended'].map((name) => service.invoke(name, '{}'));
  const outcomes = Promise.allSettled(pending);
  const pids = await waitUntil('all up', () => {
    const views = ['idle', 'init', 'busy', 'extended'].map((name) => service.instances(name)[0]);
    const states = views.map((view) => view?.state).join();
    return states === 'idle,starting,busy,busy' && views.map((view) => view?.pid);
  });
  const start = performance.now();
  await service.stop();
  expect(performance.now() - start).toBeLessThan(1000);
  expect(pids.map(processState)).toEqual([undefined, undefined, undefined, undefined]);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ServiceStoppedError' } });
  }
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
  await expect(service.invoke('idle', '{}')).rejects.toMatchObject({ name: 'ServiceStoppedError' });
  expect(service.instances('busy')).toEqual([]);
});

test('stop right after invoke, before the process is there', async () => {
  const service = startFixtureService({ f: `export const handler = async () => 'never';` });
  const outcome = Promise.allSettled([service.invoke('f', '{}')]);
  await service.stop();
  expect(service.instances('f')).toEqual([]);
  expect(await outcome).toMatchObject([{ status: 'rejected' }]);
});

test('stop while an idle instance is being stopped waits for it', async () => {
  const service = startFixtureService({ f: `export const handler = async () => process.pid;` });
  const pid = Number((await service.invoke('f', '{}')).payload);
  await waitUntil('idle', () => service.instances('f')[0]?.state === 'idle');
  const replaced = service.replaceInstances('f');
  await service.stop();
  expect(processState(pid)).toBeUndefined();
  await replaced;
});

test('an instance ignores the SIGINT of a terminal', async () => {
  const service = startFixtureService({ f: `export const handler = async () => process.pid;` });
  const pid = Number((await service.invoke('f', '{}')).payload);
  await waitUntil('idle', () => service.instances('f')[0]?.state === 'idle');
  process.kill(pid, 'SIGINT');
  expect((await service.invoke('f', '{}')).payload).toBe(String(pid));
});

test('an idle instance that is killed from outside is replaced', async () => {
  const service = startFixtureService({ f: `export const handler = async () => process.pid;` });
  const pid = Number((await service.invoke('f', '{}')).payload);
  await waitUntil('idle', () => service.instances('f')[0]?.state === 'idle');
  process.kill(pid, 'SIGKILL');
  await waitUntil('gone', () => service.instances('f').length === 0);
  expect((await service.invoke('f', '{}')).payload).not.toBe(String(pid));
});

// A session of its own, since there the kernel does not wake stopped orphans.
test.runIf(process.platform === 'linux')(
  'a service that is killed leaves no frozen and no busy instance',
  async () => {
    const service = startFixtureService({
      idle: `export const handler = async () => 'ok';`,
      busy: `export const handler = async () => exists('/never');`,
    });
    const driver = spawn(
      process.execPath,
      [fileURLToPath(new URL('killed-service.ts', import.meta.url)), service.directory],
      { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(createInterface(driver.stdout), 'line');
    const pids: number[] = JSON.parse(line);
    await waitUntil('frozen', () => processState(pids[0]) === 'T');
    driver.kill('SIGKILL');
    await waitUntil('none left', () => pids.every((pid) => processState(pid) === undefined));
    expect(pids).toHaveLength(2);
  },
);
