import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ContextManager, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { describe, expect, it } from 'vitest';
import { createContextManager } from '../../../lib/telemetry/context-manager.ts';

const KEY = createContextKey('test');
const A = ROOT_CONTEXT.setValue(KEY, 'a');
const B = ROOT_CONTEXT.setValue(KEY, 'b');

describe.each<[string, () => ContextManager]>([
  ['ours', createContextManager],
  ["OpenTelemetry's", () => new AsyncLocalStorageContextManager()],
])('the context manager, %s,', (_, create) => {
  const manager = create().enable();

  it('is in the root context outside of any', () => {
    expect(manager.active()).toBe(ROOT_CONTEXT);
    manager.with(A, () => {});
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('keeps the context over awaits, timers and callbacks, side by side with others', async () => {
    const follow = async () => {
      const seen = [manager.active()];
      await nextTurn();
      seen.push(manager.active());
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      seen.push(manager.active());
      await new Promise<void>((resolve) => {
        process.nextTick(() => {
          seen.push(manager.active());
          resolve();
        });
      });
      return seen;
    };
    const both = [manager.with(A, follow), manager.with(B, follow)];
    expect(manager.active()).toBe(ROOT_CONTEXT);
    expect(await Promise.all(both)).toEqual([Array(4).fill(A), Array(4).fill(B)]);
  });

  it('is in the inner context of two, and afterwards in the outer one again', () => {
    manager.with(A, () => {
      expect(manager.with(B, () => manager.active())).toBe(B);
      expect(manager.active()).toBe(A);
      expect(manager.with(ROOT_CONTEXT, () => manager.active())).toBe(ROOT_CONTEXT);
    });
  });

  it('calls with this and the arguments, and returns what is returned', () => {
    const self = { name: 'self' };
    const call = function (this: unknown, ...args: unknown[]) {
      return { self: this, args };
    };
    const given = manager.with(A, call, self, 1, 'two', undefined);
    expect(given).toEqual({ self, args: [1, 'two', undefined] });
    expect(given.self).toBe(self);
    expect(manager.with(A, call, 0 as unknown as undefined).self).toBe(0);
  });

  it('lets an error and a rejection through, and leaves the context', async () => {
    const error = new Error('thrown');
    const fail = () => {
      throw error;
    };
    expect(() => manager.with(A, fail)).toThrow(error);
    await expect(manager.with(A, async () => fail())).rejects.toBe(error);
    expect(() => manager.bind(A, fail)()).toThrow(error);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('binds a function: its context, this, arguments, result and length', () => {
    const call = function (this: unknown, one: number, two: number) {
      return { active: manager.active(), self: this, sum: one + two };
    };
    const bound = manager.bind(A, call);
    const self = { bound };
    expect(bound).toHaveLength(2);
    expect(manager.with(B, () => self.bound(1, 2))).toEqual({ active: A, self, sum: 3 });
    expect(self.bound(1, 2).self).toBe(self);
    expect(bound(1, 2).self).toBe(undefined);
    expect(call(1, 2).active).toBe(ROOT_CONTEXT);
  });

  it('binds an emitter: its listeners are called in the context', () => {
    const emitter = new EventEmitter();
    expect(manager.bind(A, emitter)).toBe(emitter);
    const seen: unknown[] = [];
    const listen = function (this: unknown, ...args: unknown[]) {
      seen.push([manager.active(), this, ...args]);
    };
    for (const add of ['on', 'addListener', 'prependListener'] as const) emitter[add]('x', listen);
    for (const add of ['once', 'prependOnceListener'] as const) emitter[add]('x', listen);
    expect(manager.with(B, () => emitter.emit('x', 1, 'two'))).toBe(true);
    expect(seen).toEqual(Array(5).fill([A, emitter, 1, 'two']));
    expect(emitter.listenerCount('x')).toBe(3);
    expect(emitter.emit('nobody listens')).toBe(false);
  });

  it('binds an emitter whose listeners can be removed', () => {
    const emitter = manager.bind(A, new EventEmitter());
    const listen = () => {
      throw new Error('It was removed.');
    };
    emitter.on('x', listen).removeListener('x', listen);
    emitter.once('x', listen).off('x', listen);
    emitter.on('x', listen).removeAllListeners('x');
    emitter.on('x', listen).removeAllListeners();
    expect(emitter.emit('x')).toBe(false);
  });

  it('binds an emitter once: the first context stays', () => {
    const emitter = manager.bind(B, manager.bind(A, new EventEmitter()));
    let seen: unknown;
    emitter.on('x', () => {
      seen = manager.active();
    });
    emitter.emit('x');
    expect(seen).toBe(A);
  });

  it.each([[undefined], [null], [1], ['text'], [{ on: 1 }], [[1]]])(
    'binds %j as it is',
    (value) => {
      expect(manager.bind(A, value)).toBe(value);
    },
  );

  it('is in no context once it is disabled, until it is used again', () => {
    manager.with(A, () => {
      expect(manager.disable()).toBe(manager);
      expect(manager.active()).toBe(ROOT_CONTEXT);
    });
    expect(manager.with(B, () => manager.active())).toBe(B);
  });
});

it('calls the listeners in the context that were there before too, which the other does not', () => {
  const manager = createContextManager();
  const emitter = new EventEmitter();
  let seen: unknown;
  emitter.on('x', () => {
    seen = manager.active();
  });
  manager.bind(A, emitter).emit('x');
  expect(seen).toBe(A);
});
