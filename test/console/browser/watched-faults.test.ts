import { expect, test } from 'vitest';
import { startFakeConsole } from '../fake-console.ts';
import { openBrowser } from '../open-browser.ts';
import { useBrowser } from './use-browser.ts';

const { directory } = useBrowser();

test('what the policy refuses, and what leaves the page, is a fault', async () => {
  const fake = await startFakeConsole(directory());
  const browser = await openBrowser();
  try {
    const { page, faults } = await browser.open(fake.url);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(faults).toEqual([]);
    await page.evaluate(`
      document.body.insertAdjacentHTML('beforeend', '<p style="color:red">inline</p>');
      document.body.append(Object.assign(new Image(), { src: 'http://elsewhere.invalid/a.png' }));
    `);
    await expect.poll(() => faults.length).toBeGreaterThanOrEqual(2);
    expect(faults.join('\n')).toContain('inline style');
    expect(faults.join('\n')).toContain('elsewhere.invalid');
  } finally {
    await browser.close();
    await fake.stop();
  }
});
