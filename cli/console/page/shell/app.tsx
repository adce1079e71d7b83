import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { DeadLettersPage } from '../dead-letters/dead-letters-page.tsx';
import { EnqueuePage } from '../enqueue/enqueue-page.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import { Notice } from '../parts/notice.tsx';
import { RunPage } from '../run/run-page.tsx';
import { RunsPage } from '../runs/runs-page.tsx';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { TaskPage } from '../tasks/task-page.tsx';
import { TasksPage } from '../tasks/tasks-page.tsx';
import { Navigation } from './navigation.tsx';
import { hrefOf, type Route } from './route.ts';
import { StreamBanner } from './stream-banner.tsx';
import { TopBar } from './top-bar.tsx';
import { useRoute } from './use-route.ts';

/** The frame around every page, and the page of the address. */
export function App(): JSX.Element {
  const route = useRoute();
  const { settings } = useConsole();
  const title = useStore(settings).value?.title;
  const main = useRef<HTMLElement>(null);
  const address = addressOf(route);

  useEffect(() => {
    document.title = [titleOf(route), title, 'Leadline'].filter(Boolean).join(' · ');
  }, [address, title]);
  useEntering(address, main);

  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Navigation route={route} />
      <div class="main">
        <TopBar />
        <StreamBanner />
        <main class="content" ref={main} tabIndex={-1}>
          <Page route={route} />
        </main>
      </div>
    </div>
  );
}

function Page({ route }: { route: Route }): JSX.Element {
  switch (route.page) {
    case 'overview':
      return <OverviewPage />;
    case 'tasks':
      return <TasksPage />;
    case 'task':
      return <TaskPage key={route.task} task={route.task} />;
    case 'runs':
      return <RunsPage filter={route.filter} />;
    case 'run':
      return <RunPage key={route.id} id={route.id} />;
    case 'dead-letters':
      return <DeadLettersPage queue={route.queue} />;
    case 'enqueue':
      return <EnqueuePage task={route.task} />;
    case 'not-found':
      return (
        <Notice icon="search" title="There is no such page">
          <p>
            Go to the <a href={hrefOf({ page: 'overview' })}>overview</a>.
          </p>
        </Notice>
      );
  }
}

/** A filter that changes is the same page: nothing is to jump then. */
function addressOf(route: Route): string {
  if (route.page === 'not-found') return 'not-found';
  return route.page === 'runs' ? '#/runs' : hrefOf(route);
}

/** Another page begins at its top, and with the focus in it. */
function useEntering(address: string, main: { current: HTMLElement | null }): void {
  const shown = useRef(address);
  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [address]);
}

function titleOf(route: Route): string {
  switch (route.page) {
    case 'overview':
      return 'Overview';
    case 'tasks':
      return 'Tasks';
    case 'task':
      return route.task;
    case 'runs':
      return 'Runs';
    case 'run':
      return `Run ${route.id.slice(0, 8)}`;
    case 'dead-letters':
      return 'Dead letters';
    case 'enqueue':
      return 'Enqueue';
    case 'not-found':
      return 'Not found';
  }
}
