import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ContractList, EnqueueAnswer } from '../../console-api.ts';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { EnqueueForm } from './enqueue-form.tsx';
import { SentMessage } from './sent-message.tsx';
import { SentRun } from './sent-run.tsx';

/** Sends a task, and shows at once what becomes of it. */
export function EnqueuePage({ task }: { task: string | undefined }): JSX.Element {
  const { value, problem, reload } = useAnswer<ContractList>('contracts');
  const hasRuns = useStore(useConsole().settings).value?.telemetry ?? true;
  const [sent, setSent] = useState<EnqueueAnswer>();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const top = place.current?.getBoundingClientRect().top ?? 0;
    // Below the form in one column, and above what is seen where the form is long.
    if (sent && (top < 0 || top > innerHeight / 2)) place.current?.scrollIntoView();
  }, [sent]);
  const contracts = value?.contracts ?? [];
  const chosen = task === undefined ? contracts[0] : contracts.find((each) => each.task === task);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Enqueue</h1>
          <p>Send a task to its queue and watch it run.</p>
        </div>
      </div>
      {!value && !problem && <Skeleton height={320} />}
      {problem && (
        <ProblemNotice title="The tasks are not known" problem={problem.message} onRetry={reload} />
      )}
      {value && contracts.length === 0 && (
        <Notice icon="enqueue" title="There is no task to enqueue">
          <p>
            Write one in <code>functions/tasks</code> and add its contract to{' '}
            <code>functions/tasks/index.ts</code>.
          </p>
        </Notice>
      )}
      {contracts.length > 0 && !chosen && (
        <Notice icon="search" title={`There is no task ${task}`}>
          <p>
            Choose <a href={hrefOf({ page: 'enqueue' })}>one that there is</a>.
          </p>
        </Notice>
      )}
      {chosen && (
        <div class="enqueue">
          <EnqueueForm
            key={chosen.task}
            contract={chosen}
            tasks={contracts.map((each) => each.task)}
            onSent={setSent}
          />
          <section ref={place} class="sent" aria-label="What was sent">
            {sent && hasRuns && <SentRun key={sent.id} id={sent.id} />}
            {sent && !hasRuns && <SentMessage sent={sent} />}
            {!sent && (
              <Notice icon="runs" title="Nothing sent yet">
                <p>The run appears here as soon as you enqueue it, and is kept up to date.</p>
              </Notice>
            )}
          </section>
        </div>
      )}
    </>
  );
}
