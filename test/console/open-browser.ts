import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../scripts/find-browser.ts';

export interface TestBrowser {
  /** A page of its own storage; its faults are collected until it is closed. */
  open(url: string, options?: PageOptions): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface PageOptions {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  /** What the page's clock says, and goes on saying. @default the time */
  now?: number;
  /** Run before the page's own scripts. @default nothing */
  initScript?: string;
}

export interface WatchedPage {
  readonly page: Page;
  /** Requests that left the page's origin, violations of its policy, and errors: there are to be none. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** A Chromium with a fresh profile, that calls nobody by itself. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error('There is no Chromium: install one, or set CHROMIUM_PATH to its program.');
  }
  const profile = await mkdtemp(join(tmpdir(), 'leadline-chromium-'));
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, HOME: profile } as Record<string, string>,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    async open(url, { width = 1200, height = 800, theme = 'light', now, initScript } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
      });
      const page = await context.newPage();
      if (now !== undefined) await page.clock.setFixedTime(now);
      if (initScript !== undefined) await page.addInitScript(initScript);
      const faults = watch(context, page, url);
      await page.goto(url);
      return { page, faults, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function watch(context: BrowserContext, page: Page, url: string): string[] {
  const faults: string[] = [];
  const { origin } = new URL(url);
  context.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && asked.protocol !== 'data:') faults.push(`request ${asked}`);
  });
  page.on('pageerror', (error) => faults.push(`error ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // An answer that is not 2xx, and a stream that breaks, are among what is tested.
    const isAnswer = text.startsWith('Failed to load resource: ');
    if (message.type() === 'error' && !isAnswer) faults.push(`console ${text}`);
  });
  return faults;
}
