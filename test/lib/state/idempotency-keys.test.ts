import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KeyedRequest } from '../../../lib/state/idempotency-keys.ts';
import { hashedKey } from '../../../lib/state/keys.ts';
import { type StateBench, startStateBench } from '../../support/state-bench.ts';

let bench: StateBench;
beforeAll(async () => {
  bench = await startStateBench();
});
afterEach(() => bench.heal());
afterAll(() => bench.stop());

const request = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({
  task: 't',
  key: randomUUID(),
  payload: { a: 1, b: { c: [1, 2], d: null } },
  id: randomUUID(),
  ...more,
});
const repeat = (first: KeyedRequest, more: Partial<KeyedRequest> = {}) =>
  request({ ...first, id: randomUUID(), ...more });
const { claim, confirm, release } = {
  claim: (of: KeyedRequest) => bench.state.keys.claim(of),
  confirm: (of: KeyedRequest) =>
    bench.state.keys.confirm(of, { queue: 'q', traceId: 'f'.repeat(32) }),
  release: (of: KeyedRequest) => bench.state.keys.release(of),
};
const pkOf = ({ task, key }: KeyedRequest) => hashedKey('key', task, key);
async function rewrite(of: KeyedRequest, values: Record<string, number>): Promise<void> {
  await bench.put({ ...(await bench.item(pkOf(of))), pk: pkOf(of), ...values });
}
const seconds = () => Math.floor(Date.now() / 1000);

it('is taken by the first, and tells a repeat what was sent', async () => {
  const first = request();
  expect(await claim(first)).toEqual({ kind: 'send', id: first.id });
  await confirm(first);
  const sent = { kind: 'sent', id: first.id, queue: 'q', traceId: 'f'.repeat(32) };
  expect(await claim(repeat(first))).toEqual(sent);
  expect(await claim(repeat(first, { payload: { b: { d: null, c: [1, 2] }, a: 1 } }))).toEqual(
    sent,
  );
});

it.each([
  ['another value', { a: 2, b: { c: [1, 2], d: null } }],
  ['another order of a list', { a: 1, b: { c: [2, 1], d: null } }],
  ['a key less', { a: 1, b: { c: [1, 2] } }],
  ['another kind of value', { a: '1', b: { c: [1, 2], d: null } }],
])('is a conflict with %s, sent or not', async (_, payload) => {
  const first = request();
  await claim(first);
  expect(await claim(repeat(first, { payload }))).toEqual({ kind: 'conflict' });
  await confirm(first);
  expect(await claim(repeat(first, { payload }))).toEqual({ kind: 'conflict' });
});

it('is another for another task', async () => {
  const first = request();
  await claim(first);
  expect((await claim(repeat(first, { task: 'u' }))).kind).toBe('send');
});

it('does not stand in the table as it was given', async () => {
  const first = request({ key: 'customer-7@example.com' });
  await claim(first);
  expect(JSON.stringify(await bench.item(pkOf(first)))).not.toContain('customer-7');
});

describe('while its lease runs', () => {
  it('is busy for the rest of 30 s', async () => {
    const first = request();
    await claim(first);
    const busy = await claim(repeat(first));
    expect(busy).toEqual({ kind: 'busy', retryAfterSeconds: expect.any(Number) });
    const { retryAfterSeconds } = busy as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(20);
    expect(retryAfterSeconds).toBeLessThanOrEqual(30);
    await rewrite(first, { lease_until: Date.now() + 1 });
    expect(['send', 'busy']).toContain((await claim(repeat(first))).kind);
  });

  it('goes to one of many', async () => {
    const first = request();
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(repeat(first))));
    expect(claims.filter(({ kind }) => kind === 'send')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(9);
  });

  it('is free at once when it is known not to be sent', async () => {
    const first = request();
    await claim(first);
    await release(first);
    expect(await claim(repeat(first))).toEqual({ kind: 'send', id: first.id });
  });

  it('is not taken for another request when its own answer was lost', async () => {
    const first = request();
    let lost = 0;
    bench.breakBy(() => (lost++ === 0 ? 'lose-answer' : undefined));
    expect(await claim(first)).toEqual({ kind: 'send', id: first.id });
    expect((await claim(repeat(first))).kind).toBe('busy');
  });
});

describe('after its lease', () => {
  it('is sent again by the same id, by one of many', async () => {
    const first = request();
    await claim(first);
    await rewrite(first, { lease_until: Date.now() - 1 });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(repeat(first))));
    expect(claims.filter(({ kind }) => kind === 'send')).toEqual([{ kind: 'send', id: first.id }]);
    expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(7);
  });

  it('is not taken for another request when its own answer was lost', async () => {
    const first = request();
    await claim(first);
    await rewrite(first, { lease_until: Date.now() - 1 });
    let updates = 0;
    bench.breakBy(() => (++updates === 2 ? 'lose-answer' : undefined));
    expect(await claim(repeat(first))).toEqual({ kind: 'send', id: first.id });
  });

  it('stays sent', async () => {
    const first = request();
    await claim(first);
    await confirm(first);
    await rewrite(first, { lease_until: Date.now() - 1 });
    expect(await claim(repeat(first))).toMatchObject({ kind: 'sent', id: first.id });
    await release(first);
    expect(await claim(repeat(first))).toMatchObject({ kind: 'sent', id: first.id });
  });
});

describe('its time', () => {
  it('is a day', async () => {
    const first = request();
    await claim(first);
    const { expires_at } = (await bench.item(pkOf(first))) ?? {};
    expect(Number.isInteger(expires_at)).toBe(true);
    expect(Math.abs(Number(expires_at) - seconds() - 86_400)).toBeLessThan(60);
  });

  it('once over gives a new id, though the item is still there, whatever the payload', async () => {
    const first = request();
    await claim(first);
    await confirm(first);
    await rewrite(first, { expires_at: seconds() - 1 });
    const second = repeat(first, { payload: 'another' });
    expect(await claim(second)).toEqual({ kind: 'send', id: second.id });
    // Nothing of the first is left, that it would be taken for sent.
    expect((await claim(repeat(second))).kind).toBe('busy');
  });
});

it('a payload that is nested too deeply takes no key', async () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  const first = request({ payload: deep });
  await expect(claim(first)).rejects.toThrow(RangeError);
  expect(await bench.item(pkOf(first))).toBeUndefined();
});
