import type { JSX } from 'preact';
import type { ContractList, TaskContract } from '../../console-api.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

/** Shown until the first task has run: what to try. */
export function FirstSteps(): JSX.Element | null {
  const { settings, tasks } = useConsole();
  const known = useStore(settings).value;
  const list = useStore(tasks).value;
  if (known?.source !== 'local' || list === undefined || list.tasks.some(hasRun)) return null;
  return <Suggestion />;
}

function Suggestion(): JSX.Element {
  const contracts = useAnswer<ContractList>('contracts').value?.contracts ?? [];
  const contract = contracts.find(({ http }) => http);
  const line = contract && commandOf(contract);
  return (
    <Notice icon="enqueue" title="Nothing has run yet">
      <p>
        <a href={hrefOf({ page: 'enqueue' })}>Enqueue a task</a> here
        {line === undefined ? '.' : ', or send one from a terminal:'}
      </p>
      {line !== undefined && (
        <div class="command">
          <code>{line}</code>
          <CopyButton text={line} what="the command" />
        </div>
      )}
    </Notice>
  );
}

function commandOf({ task, samples }: TaskContract): string {
  const payload = JSON.stringify(samples[0]?.payload ?? {});
  // What a shell takes for an apostrophe within apostrophes.
  const quoted = payload.replaceAll("'", "'\\''");
  return `curl -XPOST ${location.origin}/tasks/${encodeURIComponent(task)} -d '${quoted}'`;
}

function hasRun({ started }: { started: number }): boolean {
  return started > 0;
}
