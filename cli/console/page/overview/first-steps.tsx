import type { JSX } from 'preact';
import { CopyButton } from '../parts/copy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';

/** Shown until the first task has run: what to try. */
export function FirstSteps(): JSX.Element | null {
  const { settings, tasks } = useConsole();
  const known = useStore(settings).value;
  const list = useStore(tasks).value;
  if (known?.source !== 'local' || list === undefined || list.tasks.some(hasRun)) return null;
  const line = `curl -XPOST ${location.origin}/tasks/process_order -d '{"order_id":"o-1"}'`;
  return (
    <Notice icon="enqueue" title="Nothing has run yet">
      <p>
        <a href={hrefOf({ page: 'enqueue' })}>Enqueue a task</a> here, or send one from a terminal:
      </p>
      <div class="command">
        <code>{line}</code>
        <CopyButton text={line} what="the command" />
      </div>
    </Notice>
  );
}

function hasRun({ started }: { started: number }): boolean {
  return started > 0;
}
