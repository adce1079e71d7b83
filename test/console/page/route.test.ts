import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hrefOf, parseRoute, type Route } from '../../../cli/console/page/shell/route.ts';

const name = fc.string({ minLength: 1 });
const routes: fc.Arbitrary<Exclude<Route, { page: 'not-found' }>> = fc.oneof(
  fc.constantFrom<{ page: 'overview' } | { page: 'tasks' }>(
    { page: 'overview' },
    { page: 'tasks' },
  ),
  fc.record({ page: fc.constant('task' as const), task: name }),
  fc.record({ page: fc.constant('run' as const), id: name }),
  fc.record({ page: fc.constant('dead-letters' as const), queue: name }),
  fc.record({ page: fc.constant('enqueue' as const), task: name }),
  fc.record({
    page: fc.constant('runs' as const),
    filter: fc.record(
      { task: name, queue: name, state: fc.constantFrom('dead' as const, 'queued' as const) },
      { requiredKeys: [] },
    ),
  }),
);

test('an address leads to the page that it was made for, whatever the name in it', () => {
  void fc.assert(
    fc.property(routes, (route) => {
      // As a browser has it: lone surrogates are none of a link's.
      fc.pre(JSON.stringify(route).isWellFormed() && !/\\ud/.test(JSON.stringify(route)));
      expect(parseRoute(hrefOf(route))).toEqual(route);
    }),
  );
});

test('no address breaks the page', () => {
  void fc.assert(
    fc.property(fc.string(), (hash) => {
      expect(parseRoute(`#${hash}`).page).toBeTypeOf('string');
    }),
  );
});

test.each(['#/nothing', '#/runs/a/b', '#/tasks/%'])('%s is not found', (hash) => {
  expect(parseRoute(hash)).toEqual({ page: 'not-found' });
});
