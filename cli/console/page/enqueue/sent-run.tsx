import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { RunStory } from '../run/run-story.tsx';
import { useRun } from '../run/use-run.ts';
import { hrefOf } from '../shell/route.ts';

/** The run that was sent last, as it goes. */
export function SentRun({ id }: { id: string }): JSX.Element {
  const { value: run, problem, reload } = useRun(id);
  return (
    <div class="stack">
      <div class="sent-head">
        <h2 class="ellipsis">
          <a href={hrefOf({ page: 'run', id })}>
            Run <span class="mono">{id}</span> <Icon name="arrow" size={14} />
          </a>
        </h2>
        <span aria-live="polite">{run && <StateBadge state={run.state} />}</span>
      </div>
      {run && <RunStory run={run} />}
      {!run && !problem && <Skeleton height={140} count={2} />}
      {!run && problem && (
        <ProblemNotice
          title="It was sent, but cannot be shown"
          problem={problem.message}
          onRetry={reload}
        />
      )}
    </div>
  );
}
