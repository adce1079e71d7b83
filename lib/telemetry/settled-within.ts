/** Waits until the work has settled, and no longer than the bound: what is under way goes on. */
export async function settledWithin(work: Promise<unknown>, boundMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, boundMs);
  });
  await Promise.race([work.catch(() => {}), bound]);
  clearTimeout(timer);
}
