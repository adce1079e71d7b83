import { expect, it } from 'vitest';
import { createPatientInvoke } from '../../local/patient-invoke.ts';

const throttled = Object.assign(new Error('no instance is free'), {
  name: 'TooManyRequestsException',
});
const answer = { requestId: '1', payload: '{}' };

it('waits for a free instance', async () => {
  let calls = 0;
  const invoke = createPatientInvoke(async () => {
    calls += 1;
    if (calls < 3) throw throttled;
    return answer;
  });
  expect(await invoke('enqueue', '{}')).toBe(answer);
});

it('passes every other failure on at once', async () => {
  const invoke = createPatientInvoke(() => Promise.reject(new Error('stopped')));
  await expect(invoke('enqueue', '{}')).rejects.toThrow('stopped');
});
