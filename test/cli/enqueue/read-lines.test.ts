import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packLines } from '../../../cli/enqueue/pack-lines.ts';
import { type Line, readLines } from '../../../cli/enqueue/read-lines.ts';

const read = (pieces: readonly (Uint8Array | string)[]): Promise<Line[]> =>
  collect(readLines(Readable.from(pieces)));

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const each of all) collected.push(each);
  return collected;
}

test('however the input is cut, within a character too, the lines and their numbers are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\uFEFF]/.test(text))),
      fc.array(fc.nat(200), { maxLength: 8 }),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.join('\n'));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
        const sorted = places.toSorted((a, b) => a - b);
        const pieces = sorted.slice(1).map((place, index) => bytes.subarray(sorted[index], place));
        const expected = lines
          .map((text, index) => ({ number: index + 1, text }))
          .filter(({ text }) => text.trim() !== '');
        expect(await read(pieces.filter(({ length }) => length > 0))).toEqual(expected);
      },
    ),
  );
});

test('batches have 100 lines, and fewer where these are long', async () => {
  const sizes = async (lines: AsyncIterable<Line>) =>
    (await collect(packLines(lines))).map(({ length }) => length);
  async function* lines(count: number, length: number): AsyncGenerator<Line> {
    for (let number = 1; number <= count; number += 1) yield { number, text: 'x'.repeat(length) };
  }
  expect(await sizes(lines(250, 10))).toEqual([100, 100, 50]);
  expect(await sizes(lines(9, 1_048_576))).toEqual([4, 4, 1]);
  expect(await sizes(lines(0, 1))).toEqual([]);
});

test('what is not sent is not read: a batch is taken when it is asked for', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      given += 1;
      yield '{}\n';
    }
  }
  for await (const batch of packLines(readLines(endless()))) {
    expect(batch).toHaveLength(100);
    break;
  }
  expect(given).toBeLessThan(110);
});
