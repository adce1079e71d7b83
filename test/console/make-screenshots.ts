import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../support/repository.ts';
import { buildConsoleAside } from './built-console.ts';
import { startFakeConsole } from './fake-console.ts';
import { runId } from './fixtures.ts';
import { openBrowser, type PageOptions } from './open-browser.ts';
import { richRoutes } from './rich-routes.ts';

/** `npm run screenshots`: docs/screenshots/*.png, of the page in the states that its tests are made of. */

/** The same pictures every time, as long as the page is the same. */
const NOW = Date.UTC(2026, 10, 26, 9, 41);
const LARGEST_BYTES = 200_000;

interface Picture {
  name: string;
  hash: string;
  theme: 'light' | 'dark';
  height: number;
}

const pictures: readonly Picture[] = [
  { name: 'overview-light', hash: '#/', theme: 'light', height: 1_110 },
  { name: 'overview-dark', hash: '#/', theme: 'dark', height: 1_110 },
  { name: 'run-light', hash: `#/runs/${runId(0)}`, theme: 'light', height: 1_360 },
  { name: 'run-dark', hash: `#/runs/${runId(0)}`, theme: 'dark', height: 1_360 },
];

const folder = join(repository, 'docs/screenshots');
await mkdir(folder, { recursive: true });
const [built, browser] = await Promise.all([buildConsoleAside(), openBrowser()]);
const fake = await startFakeConsole(built.directory, richRoutes(NOW));
try {
  for (const { name, hash, ...options } of pictures) {
    const path = join(folder, `${name}.png`);
    await take(`${fake.url}/${hash}`, { ...options, width: 1_200, now: NOW }, path);
    const { size } = await stat(path);
    if (size > LARGEST_BYTES)
      throw new Error(`${path} has ${size} bytes, ${LARGEST_BYTES} at most.`);
    console.log(`${path}  ${Math.round(size / 1000)} KB`);
  }
} finally {
  await browser.close();
  await fake.stop();
  await built.remove();
}

async function take(url: string, options: PageOptions, path: string): Promise<void> {
  const { page, faults, close } = await browser.open(url, options);
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.locator('.live').getByText('Live').waitFor();
  await page.locator('.card').first().waitFor();
  await page.screenshot({ path });
  await close();
  if (faults.length > 0) throw new Error(`${url}: ${faults.join('; ')}`);
}
