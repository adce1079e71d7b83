/** Takes turns of the event loop, whatever the test's clock says, until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => turn(resolve));
}

const turn = setImmediate;
