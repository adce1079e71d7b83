import type { JSX } from 'preact';
import { Brand } from './brand.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { SearchBox } from './search-box.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function TopBar(): JSX.Element {
  return (
    <div class="top">
      <Brand />
      <SearchBox />
      <div class="top-end">
        <LiveIndicator />
        <ThemeToggle />
      </div>
    </div>
  );
}
