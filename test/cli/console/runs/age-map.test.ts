import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAgeMap } from '../../../../cli/console/runs/age-map.ts';

const step = fc.record({
  action: fc.constantFrom('add', 'delete', 'drop the oldest'),
  key: fc.integer({ min: 0, max: 8 }),
});

it('keeps the order of an array whatever is added and deleted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = createAgeMap<number, string>();
      let model: number[] = [];
      for (const { action, key } of steps) {
        if (action === 'add') {
          map.add(key, `v${key}`);
          model = [...model.filter((each) => each !== key), key];
        } else {
          const gone = action === 'delete' ? key : model[0];
          if (gone === undefined) continue;
          map.delete(gone);
          model = model.filter((each) => each !== gone);
        }
        expect(map.oldest()).toBe(model[0] === undefined ? undefined : `v${model[0]}`);
        expect(map.size).toBe(model.length);
      }
      expect([...map.newestFirst()]).toEqual(model.toReversed().map((key) => `v${key}`));
      for (const [index, key] of model.entries()) {
        const older = model.slice(0, index).toReversed();
        expect([...map.newestFirst(key)]).toEqual(older.map((each) => `v${each}`));
      }
    }),
  );
});

it('has nothing older than what is not there', () => {
  const map = createAgeMap<string, number>();
  map.add('a', 1);
  expect([...map.newestFirst('b')]).toEqual([]);
});
