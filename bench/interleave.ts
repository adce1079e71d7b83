/**
 * Calls `run` for each item in turn, `rounds` times over, each round beginning with another item:
 * what else the machine does meets all of them alike.
 *
 * @returns the results of each item, a round each.
 */
export async function interleave<Item, Result>(
  items: readonly Item[],
  rounds: number,
  run: (item: Item, round: number) => Promise<Result>,
): Promise<Map<Item, Result[]>> {
  const results = new Map<Item, Result[]>(items.map((item) => [item, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < items.length; index += 1) {
      const item = items[(index + round) % items.length] as Item;
      results.get(item)?.push(await run(item, round));
    }
  }
  return results;
}
