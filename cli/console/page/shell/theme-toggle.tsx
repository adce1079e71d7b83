import type { JSX } from 'preact';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useStore } from '../state/store.ts';
import { chooseTheme, type Theme, theme } from './theme.ts';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS: Record<Theme, IconName> = { system: 'system', light: 'sun', dark: 'moon' };
const NAMES: Record<Theme, string> = { system: "the system's", light: 'light', dark: 'dark' };

export function ThemeToggle(): JSX.Element {
  const chosen = useStore(theme);
  const next = NEXT[chosen];
  const label = `Colours: ${NAMES[chosen]}. Change to ${NAMES[next]}`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={ICONS[chosen]} size={18} />
    </button>
  );
}
