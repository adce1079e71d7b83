import { EventEmitter } from 'node:events';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { describe, expect, it } from 'vitest';
import { createContextManager } from '../../../lib/telemetry/context-manager.ts';

const KEY = createContextKey('test');
const A = ROOT_CONTEXT.setValue(KEY, 'a');
const B = ROOT_CONTEXT.setValue(KEY, 'b');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe.each([
  ['ours', createContextManager],
  ['OpenTelemetry’s', () => new AsyncLocalStorageContextManager()],
])('%s', (_, create) => {
  const manager = create().enable();

  it('has the root context outside', () => {
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('keeps a context over awaits, apart from those beside and inside it', async () => {
    const read = async () => {
      await turn();
      return manager.active();
    };
    const nested = manager.with(A, async () => {
      const inner = await manager.with(B, read);
      return [inner, await read()];
    });
    expect(await Promise.all([nested, manager.with(B, read), read()])).toEqual([
      [B, A],
      B,
      ROOT_CONTEXT,
    ]);
  });

  it('hands on this, the arguments, the result and what is thrown', () => {
    const self = { of: 'self' };
    const result = manager.with(
      A,
      function (this: unknown, first: number, second: number) {
        return [this, first + second, manager.active()];
      },
      self,
      1,
      2,
    );
    expect(result).toEqual([self, 3, A]);
    const fail = () => {
      throw new RangeError('no');
    };
    expect(() => manager.with(A, fail)).toThrow(RangeError);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('binds a function, with its this, its arguments and its length', () => {
    const bound = manager.bind(A, function (this: unknown, first: string, second: string) {
      return [this, first, second, manager.active()];
    });
    const self = {};
    expect(bound.call(self, 'x', 'y')).toEqual([self, 'x', 'y', A]);
    expect(bound).toHaveLength(2);
    expect(manager.with(B, () => bound.call(self, 'x', 'y').at(-1))).toBe(A);
  });

  it('binds an emitter: its listeners are called in the context', () => {
    const emitter = new EventEmitter();
    expect(manager.bind(A, emitter)).toBe(emitter);
    const seen: unknown[] = [];
    const listener = (value: string) => seen.push([value, manager.active()]);
    emitter.on('event', listener);
    emitter.once('event', (value) => listener(`once ${value}`));
    expect(manager.with(B, () => emitter.emit('event', 'x'))).toBe(true);
    emitter.removeListener('event', listener);
    expect(emitter.emit('event', 'y')).toBe(false);
    expect(seen).toEqual([
      ['x', A],
      ['once x', A],
    ]);
  });

  it('leaves alone what it cannot bind', () => {
    const target = { some: 'thing' };
    expect(manager.bind(A, target)).toBe(target);
  });

  it('forgets the context when it is disabled', () => {
    manager.with(A, () => {
      manager.disable();
      expect(manager.active()).toBe(ROOT_CONTEXT);
    });
  });
});
