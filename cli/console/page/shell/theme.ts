import { createStore } from '../state/store.ts';

/** `system` follows the machine's. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'leadline.theme';

/** What the reader chose, here and in the visits before. */
export const theme = createStore<Theme>(readTheme());

/** Sets what the style sheets look at. */
export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

export function chooseTheme(chosen: Theme): void {
  theme.set(chosen);
  applyTheme();
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // A browser that keeps nothing still shows it.
  }
}

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}
