import type { JSX } from 'preact';
import { formatCount, formatMany } from '../format/format-count.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { Brand } from './brand.tsx';
import { isWeb } from './is-web.ts';
import { hrefOf, type Route } from './route.ts';

interface Entry {
  label: string;
  icon: IconName;
  href: string;
  pages: readonly Route['page'][];
}

const ENTRIES: readonly Entry[] = [
  { label: 'Overview', icon: 'overview', href: hrefOf({ page: 'overview' }), pages: ['overview'] },
  { label: 'Tasks', icon: 'tasks', href: hrefOf({ page: 'tasks' }), pages: ['tasks', 'task'] },
  {
    label: 'Runs',
    icon: 'runs',
    href: hrefOf({ page: 'runs', filter: {} }),
    pages: ['runs', 'run'],
  },
  {
    label: 'Dead letters',
    icon: 'dead',
    href: hrefOf({ page: 'dead-letters' }),
    pages: ['dead-letters'],
  },
  { label: 'Enqueue', icon: 'enqueue', href: hrefOf({ page: 'enqueue' }), pages: ['enqueue'] },
];

export function Navigation({ route }: { route: Route }): JSX.Element {
  const { settings, overview } = useConsole();
  const known = useStore(settings).value;
  const dead = useStore(overview).value?.queues.reduce((sum, queue) => sum + queue.dead, 0) ?? 0;
  return (
    <header class="side">
      <div class="side-inner">
        <Brand />
        <nav class="nav" aria-label="Pages">
          {ENTRIES.map(({ label, icon, href, pages }) => (
            <a
              key={href}
              href={href}
              aria-current={pages.includes(route.page) ? 'page' : undefined}
            >
              <Icon name={icon} size={18} />
              <span>{label}</span>
              {icon === 'dead' && dead > 0 && <DeadCount count={dead} />}
            </a>
          ))}
        </nav>
        <div class="side-foot">
          {known?.telemetryUrl && isWeb(known.telemetryUrl) && (
            <a href={known.telemetryUrl} target="_blank" rel="noreferrer">
              Telemetry <Icon name="outward" size={13} />
            </a>
          )}
          {known && (
            <p>
              {known.title}
              <br />
              version {known.version}
            </p>
          )}
        </div>
      </div>
    </header>
  );
}

function DeadCount({ count }: { count: number }): JSX.Element {
  return (
    <span class="count" data-tone="bad">
      <span aria-hidden="true">{formatCount(count)}</span>
      <span class="visually-hidden">, {formatMany(count, 'message')}</span>
    </span>
  );
}
