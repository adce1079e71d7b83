import { findBrowser } from '../../scripts/find-browser.ts';
import { buildConsoleAside } from '../../test/console/built-console.ts';
import { type FakeConsole, startFakeConsole } from '../../test/console/fake-console.ts';
import { flakyRun, largeTrace, run, runs } from '../../test/console/fixtures.ts';
import {
  openBrowser,
  type TestBrowser,
  type WatchedPage,
} from '../../test/console/open-browser.ts';
import { pageOf } from '../../test/console/rich-routes.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const RUNS = 10_000;
const SPANS = 1_000;
const LOADS = 7;
const UPDATES = 31;
/** As many as the server puts into one event at most, some of them new. */
const CHANGED = 200;
const NEW = 10;

/** The console's page in Chromium, served with answers that are ready: what is left is the page. */
export async function measureConsolePage(): Promise<Row[]> {
  if (findBrowser() === undefined) {
    console.log('console-page is left out: there is no Chromium, and no CHROMIUM_PATH.');
    return [];
  }
  const at = Date.now();
  const all = runs(RUNS, at);
  const [built, browser] = await Promise.all([buildConsoleAside(), openBrowser()]);
  const fake = await startFakeConsole(built.directory, {
    'GET runs': ({ query }) => pageOf(all, query),
    'GET runs/{}': () => flakyRun(at, { trace: largeTrace(SPANS, at) }),
  });
  try {
    const list = await measureFirstPaint(browser, `${fake.url}/#/runs`, 'tbody .row-link');
    const trace = await measureFirstPaint(browser, `${fake.url}/#/runs/x`, '.waterfall .row');
    const update = await measureUpdates(browser, fake, at);
    const step = await measureSteps(browser, fake);
    return [
      row(`first paint with ${RUNS} runs, and its first row`, list, 1_000),
      row(`first paint of a trace of ${SPANS} spans, and its first line`, trace, 1_000),
      row(`an event of ${CHANGED} runs in a table of ${RUNS}, until it is painted`, [update], 50),
      row(`the next of ${SPANS} spans by the keyboard, until it is painted`, [step], 50),
    ];
  } finally {
    await browser.close();
    await fake.stop();
    await built.remove();
  }
}

function row(what: string, figures: number[], target: number): Row {
  return {
    what: `console's page: ${what}`,
    cells: {},
    target: target < 1_000 ? `under ${target} ms` : `under ${target / 1_000} s`,
    checks: figures.map((ms) => ({ says: `${ms.toFixed(0)} ms`, ok: ms < target })),
  };
}

/** Of a fresh profile each time: the first contentful paint, and when `selector` was there. */
async function measureFirstPaint(
  browser: TestBrowser,
  url: string,
  selector: string,
): Promise<number[]> {
  const paints: number[] = [];
  const rows: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const { page, close } = await browser.open(url, { initScript: watchFor(selector) });
    await page.locator(selector).first().waitFor();
    await page.waitForTimeout(100);
    paints.push(
      await page.evaluate<number>(
        `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
      ),
    );
    rows.push(await page.evaluate<number>('globalThis.seenAt'));
    await close();
  }
  return [median(paints), median(rows)];
}

/** Looks for it at every frame, as a reader does. */
function watchFor(selector: string): string {
  return `(function look() {
    if (document.querySelector(${JSON.stringify(selector)})) globalThis.seenAt = performance.now();
    else requestAnimationFrame(look);
  })();`;
}

/** `untilPainted(from)`: notes the time from then to after the next frame. */
const NOTE_PAINTS = `
  globalThis.painted = [];
  globalThis.untilPainted = (from) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => painted.push(performance.now() - from);
    port2.postMessage(undefined);
  });`;

const NOTE_EVENTS = `${NOTE_PAINTS}
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (name, listener) {
    return add.call(this, name, (event) => {
      const from = performance.now();
      listener(event);
      if (name === 'runs') untilPainted(from);
    });
  };`;

async function measureUpdates(
  browser: TestBrowser,
  fake: FakeConsole,
  at: number,
): Promise<number> {
  const { page, close } = await browser.open(`${fake.url}/#/runs`, { initScript: NOTE_EVENTS });
  await loadAll(page);
  await page.evaluate('scrollTo(0, 0)');
  await page.waitForTimeout(500);
  for (let update = 0; update < UPDATES; update += 1) {
    const known = Array.from({ length: CHANGED - NEW }, (_, index) =>
      run(index * 7, at, { durationMs: update }),
    );
    const added = Array.from({ length: NEW }, (_, index) =>
      run(RUNS + update * NEW + index, at, { enqueuedAt: at + update }),
    );
    fake.send('runs', { runs: [...added, ...known] });
    await untilPainted(page, update + 1);
  }
  const times = await page.evaluate<number[]>('painted');
  await close();
  return median(times);
}

/** Not by waitForFunction, whose eval the page's policy refuses. */
async function untilPainted(page: WatchedPage['page'], count: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => (painted.length >= ${count} ? resolve() : setTimeout(look, 5));
    look();
  })`);
}

/** Scrolls to the end until there is nothing older to load. */
async function loadAll(page: WatchedPage['page']): Promise<void> {
  await page.locator('tbody .row-link').first().waitFor();
  while ((await page.locator(`table[aria-rowcount="${RUNS + 1}"]`).count()) === 0) {
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await page.waitForTimeout(20);
  }
}

async function measureSteps(browser: TestBrowser, fake: FakeConsole): Promise<number> {
  const initScript = `${NOTE_PAINTS}
    addEventListener('keydown', () => untilPainted(performance.now()), { capture: true });`;
  const { page, close } = await browser.open(`${fake.url}/#/runs/x`, { initScript });
  await page.getByRole('listbox').focus();
  for (let step = 0; step < UPDATES; step += 1) {
    await page.keyboard.press('ArrowDown');
    await untilPainted(page, step + 1);
  }
  const times = await page.evaluate<number[]>('painted');
  await close();
  return median(times);
}
