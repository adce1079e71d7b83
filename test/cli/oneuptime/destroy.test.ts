import { beforeEach, describe, expect, test } from 'vitest';
import { useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const { leadline, apply, rows, names } = oneuptime;

describe('destroy', () => {
  beforeEach(async () => {
    await apply();
    rows('monitor').push({ _id: 'other', name: 'website', description: 'leadline dev' });
  });

  test('removes what apply made for the stage, and nothing else', async () => {
    addStage('prod');
    const { code, json } = await leadline('destroy --yes --json');
    expect(code).toBe(0);
    expect(json.removed).toHaveLength(10);
    const left = names();
    expect(left).toContain('website');
    expect(left.filter((name) => name.includes(' dev: '))).toEqual([]);
    expect(left.filter((name) => name.includes(' prod: ')).length).toBeGreaterThan(0);
  });

  test('asks first, and an answer that is not yes removes nothing', async () => {
    const refused = await leadline('destroy', { answers: ['n'] });
    expect(refused.questions).toEqual(['Remove these 10 from OneUptime? [y/N] ']);
    expect(refused.out).toContain('Nothing was removed.');
    expect(names()).toHaveLength(11);
    await leadline('destroy', { answers: ['y'] });
    expect(names()).toEqual(['website']);
  });

  test('without a terminal it wants --yes, and looks at nothing before', async () => {
    const before = oneuptime.standIn.requests.length;
    const { code, err } = await leadline('destroy');
    expect(code).toBe(2);
    expect(err).toContain('--yes');
    expect(oneuptime.standIn.requests.length).toBe(before);
  });

  test('what is gone already is as good as removed', async () => {
    oneuptime.standIn.fail({ method: 'DELETE', path: /monitor/, status: 404, done: true });
    const { code, json } = await leadline('destroy --yes --json');
    expect(code).toBe(0);
    expect(json.removed).toHaveLength(10);
  });

  test('removes the heartbeat last', async () => {
    const { json } = await leadline('destroy --yes --json');
    const removed = json.removed.map(({ name }: { name: string }) => name);
    expect(removed.at(-1)).toBe('leadline dev: Heartbeat');
    expect(removed[0]).toBe('leadline dev: Background tasks');
  });

  test('a failure half way says how many are left, and a second time finishes', async () => {
    const fault = { method: 'DELETE', path: /monitor/, after: 2, status: 403, message: 'no' };
    oneuptime.standIn.fail({ ...fault });
    const { code, out, err } = await leadline('destroy --yes');
    expect(code).toBe(1);
    expect(out.match(/^removed/gm)).toHaveLength(3);
    expect(err).toMatch(/^The monitor "leadline dev: .*403/);
    expect(err).toContain(
      '3 of 10 records are removed, 7 are still there. Destroy again to finish.',
    );
    oneuptime.standIn.fail({ ...fault });
    const second = await leadline('destroy --yes --json');
    expect(second.code).toBe(1);
    expect(second.json).toMatchObject({ left: 5, error: expect.stringContaining('403') });
    expect(second.json.removed).toHaveLength(2);
    expect((await leadline('destroy --yes')).code).toBe(0);
    expect(names()).toEqual(['website']);
  });

  test('a second time finds nothing', async () => {
    await leadline('destroy --yes');
    const { code, out } = await leadline('destroy --yes');
    expect(code).toBe(0);
    expect(out).toBe('There is nothing to remove.');
  });
});

/** Two records of another stage in the same project. */
function addStage(stage: string): void {
  for (const row of rows('monitor').slice(0, 2)) {
    rows('monitor').push({
      ...row,
      _id: `${stage}-${row._id}`,
      name: String(row['name']).replace('dev', stage),
      description: String(row['description']).replace('/dev]', `/${stage}]`),
    });
  }
}
