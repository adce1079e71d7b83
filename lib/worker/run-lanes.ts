export interface Lanes<Item, Result> {
  /** Items of one lane run one after the other, lanes side by side. */
  lanes: readonly (readonly Item[])[];
  /** Items that run at a time, at least 1. */
  concurrency: number;
  /** Asked before each item: `false` starts nothing more. */
  canStart: () => boolean;
  run: (item: Item) => Promise<Result>;
  /** Whether the lane goes on after a result. */
  goesOn: (result: Result) => boolean;
}

export interface LaneResults<Item, Result> {
  results: Map<Item, Result>;
  /** Items that were not run, with the result that stopped their lane, if one did. */
  notRun: Map<Item, Result | undefined>;
}

/**
 * Runs items in lanes. It knows nothing of queues, so that the rules of FIFO and deadlines can be
 * tested by themselves: order within a lane, lanes side by side, nothing after a stop.
 */
export async function runLanes<Item, Result>(
  options: Lanes<Item, Result>,
): Promise<LaneResults<Item, Result>> {
  const { lanes, concurrency, canStart, run, goesOn } = options;
  const results = new Map<Item, Result>();
  const notRun = new Map<Item, Result | undefined>();
  const waiting = [...lanes];
  let open = true;
  // Kept: a clock that is set back must not start an item behind one that was left out.
  const mayStart = () => {
    open &&= canStart();
    return open;
  };

  const runLane = async (lane: readonly Item[]) => {
    let stoppedBy: Result | undefined;
    let stopped = false;
    for (const item of lane) {
      if (stopped || !mayStart()) {
        notRun.set(item, stoppedBy);
        continue;
      }
      const result = await run(item);
      results.set(item, result);
      if (!goesOn(result)) {
        stopped = true;
        stoppedBy = result;
      }
    }
  };
  const takeLanes = async () => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift())
      await runLane(lane);
  };
  const takers = Math.max(1, Math.min(concurrency, lanes.length));
  await Promise.all(Array.from({ length: takers }, takeLanes));
  return { results, notRun };
}
