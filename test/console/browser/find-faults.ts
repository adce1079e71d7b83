import axeCore from 'axe-core';
import type { Page } from 'playwright-core';

declare global {
  var axe: typeof axeCore;
}

/** What axe finds that is serious or critical: the rule, and the elements. */
export async function findFaults(page: Page): Promise<[rule: string, elements: string[]][]> {
  // Not as a script element, which the page's policy refuses.
  await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
