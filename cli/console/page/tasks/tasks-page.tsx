import type { JSX } from 'preact';
import { FirstSteps } from '../overview/first-steps.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { NoTelemetry } from './no-telemetry.tsx';
import { TaskTable } from './task-table.tsx';

/** A row a task. */
export function TasksPage(): JSX.Element {
  const { settings, tasks } = useConsole();
  const known = useStore(settings).value;
  const { value, problem } = useStore(tasks);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Tasks</h1>
          <p>
            Counts since the stack began; durations and waits are medians of the last 15 minutes.
          </p>
        </div>
      </div>
      <div class="stack">{content()}</div>
    </>
  );

  function content() {
    if (known && !known.telemetry) return <NoTelemetry settings={known} />;
    if (value === undefined) {
      if (problem === undefined) return <Skeleton height={64} count={4} />;
      return <ProblemNotice title="The tasks are not known" problem={problem} />;
    }
    return (
      <>
        {value.tasks.length > 0 && <TaskTable tasks={value.tasks} />}
        <FirstSteps />
      </>
    );
  }
}
