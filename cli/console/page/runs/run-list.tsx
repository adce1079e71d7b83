import type { JSX } from 'preact';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { hrefOf, type RunFilter } from '../shell/route.ts';
import { RunTable } from './run-table.tsx';
import { useRunList } from './use-run-list.ts';

/** The runs that pass the filter, or why there are none. */
export function RunList({ filter }: { filter: RunFilter }): JSX.Element {
  const { runs, hasOlder, problem, loadOlder, retry } = useRunList(filter);
  if (runs === undefined) {
    if (problem === undefined) return <Skeleton height={48} count={8} />;
    return <ProblemNotice title="The runs are not known" problem={problem} onRetry={retry} />;
  }
  return (
    <div class="stack">
      {problem && (
        <ProblemNotice title="The list could not be renewed" problem={problem} onRetry={retry} />
      )}
      {runs.length === 0 ? (
        <NoRuns filter={filter} />
      ) : (
        <RunTable runs={runs} hasOlder={hasOlder} onNearEnd={loadOlder} />
      )}
    </div>
  );
}

function NoRuns({ filter }: { filter: RunFilter }): JSX.Element {
  const { task } = filter;
  return (
    <Notice icon="runs" title="No runs here yet">
      <p>
        <a href={hrefOf({ page: 'enqueue', ...(task !== undefined && { task }) })}>
          Enqueue a task
        </a>
        {Object.keys(filter).length > (task === undefined ? 0 : 1) && (
          <>
            {' '}
            or look at <a href={hrefOf({ page: 'runs', filter: {} })}>all runs</a>
          </>
        )}
        : it appears here at once.
      </p>
    </Notice>
  );
}
