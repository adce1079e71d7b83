import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BoundedBuffer, createBoundedBuffer } from '../../../lib/telemetry/bounded-buffer.ts';

interface Model {
  items: number[];
  dropped: number;
  capacity: number;
}
interface Real {
  buffer: BoundedBuffer<number>;
  dropped: number;
}

class Add implements fc.Command<Model, Real> {
  readonly item: number;
  constructor(item: number) {
    this.item = item;
  }
  check = () => true;
  run(model: Model, real: Real): void {
    real.buffer.add(this.item);
    model.items.push(this.item);
    // The oldest goes first.
    if (model.items.length > model.capacity) {
      model.items.shift();
      model.dropped += 1;
    }
    expect(real.buffer.size).toBe(model.items.length);
    expect(real.dropped).toBe(model.dropped);
  }
  toString = () => `add(${this.item})`;
}

class Drain implements fc.Command<Model, Real> {
  check = () => true;
  run(model: Model, real: Real): void {
    expect(real.buffer.drain()).toEqual(model.items);
    model.items = [];
    expect(real.buffer.size).toBe(0);
  }
  toString = () => 'drain()';
}

it('is a queue that drops its oldest item and counts it, never over its capacity', () => {
  const commands = fc.commands([fc.nat().map((item) => new Add(item)), fc.constant(new Drain())], {
    size: '+1',
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), commands, (capacity, plan) => {
      fc.modelRun(() => {
        const real: Real = {
          dropped: 0,
          buffer: createBoundedBuffer({
            maxItems: capacity,
            onDropped: () => {
              real.dropped += 1;
            },
          }),
        };
        return { model: { items: [], dropped: 0, capacity }, real };
      }, plan);
    }),
    { numRuns: 300 },
  );
});

it('gives away what it drained: later items do not appear in it', () => {
  const buffer = createBoundedBuffer<number>({ maxItems: 2, onDropped: () => {} });
  buffer.add(1);
  const drained = buffer.drain();
  buffer.add(2);
  expect(drained).toEqual([1]);
});

it('is bounded by bytes too: a large item makes the oldest go, and one over the bound goes alone', () => {
  let dropped = 0;
  const buffer = createBoundedBuffer<string>({
    maxItems: 100,
    maxBytes: 10,
    bytesOf: (text) => text.length,
    onDropped: () => {
      dropped += 1;
    },
  });
  for (const text of ['aaaa', 'bbbb', 'cccc']) buffer.add(text);
  expect(dropped).toBe(1);
  expect(buffer.drain()).toEqual(['bbbb', 'cccc']);
  buffer.add('eeee');
  buffer.add('d'.repeat(11));
  expect([buffer.size, buffer.bytes, dropped]).toEqual([1, 4, 2]);
  buffer.putBack(['ffff', 'gggg']);
  expect(buffer.drain()).toEqual(['gggg', 'eeee']);
  expect(dropped).toBe(3);
});
