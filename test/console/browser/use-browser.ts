import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { type BuiltConsole, buildConsoleAside } from '../built-console.ts';
import { type FakeConsole, type Route, startFakeConsole } from '../fake-console.ts';
import {
  openBrowser,
  type PageOptions,
  type TestBrowser,
  type WatchedPage,
} from '../open-browser.ts';

export interface BrowserTests {
  /** A console that answers what is given, and nothing else. */
  fake(routes: Record<string, Route>): Promise<FakeConsole>;
  open(url: string, options?: PageOptions): Promise<WatchedPage['page']>;
  /** The folder of the built page. */
  directory(): string;
}

/**
 * A browser for the tests of a file. After each test its pages and servers are closed, and a fault
 * of a page (a request to elsewhere, a violation of the policy, an error) fails the test.
 */
export function useBrowser(): BrowserTests {
  // Chromium and a stack of processes on two cores.
  vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });
  let built: BuiltConsole;
  let browser: TestBrowser;
  const pages: WatchedPage[] = [];
  const fakes: FakeConsole[] = [];

  beforeAll(async () => {
    [built, browser] = await Promise.all([buildConsoleAside(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });
  afterEach(async () => {
    const faults = pages.flatMap((page) => page.faults);
    await Promise.all(pages.splice(0).map((page) => page.close()));
    await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
    expect(faults).toEqual([]);
  });
  return {
    directory: () => built.directory,
    async fake(routes) {
      const fake = await startFakeConsole(built.directory, routes);
      fakes.push(fake);
      return fake;
    },
    async open(url, options) {
      const opened = await browser.open(url, options);
      pages.push(opened);
      return opened.page;
    },
  };
}
