/** What becomes of the tests that need a browser. */
export interface BrowserTests {
  /** For vitest. */
  args: string[];
  /** For whoever reads the end of a run. */
  notes: string[];
}

const FILES = 'test/console/browser/**';

/**
 * They are run where there is a browser, and left out, with a word about it, where there is none: a
 * skipped test would be a hole that nobody sees.
 */
export function chooseBrowserTests(browser: string | undefined): BrowserTests {
  if (browser !== undefined) return { args: [], notes: [] };
  return {
    args: [`--exclude=${FILES}`],
    notes: [
      `Left out for want of a browser: ${FILES}, the tests of the console's page.`,
      'Install Chromium, or set CHROMIUM_PATH to its program, and they are run, too.',
    ],
  };
}
