import type { JSX } from 'preact';
import type { RunDetail } from '../../console-api.ts';
import { formatMany } from '../format/format-count.ts';
import { Notice } from '../parts/notice.tsx';
import { TraceView } from '../trace/trace-view.tsx';
import { AttemptList } from './attempt-list.tsx';
import { LogList } from './log-list.tsx';

/** What happened to a run: its attempts, its trace and its logs. */
export function RunStory({ run }: { run: RunDetail }): JSX.Element {
  const { logs, trace, truncated } = run;
  return (
    <div class="stack run-story">
      <section class="card" aria-labelledby="attempts">
        <header>
          <h2 id="attempts">Attempts</h2>
          {truncated?.attempts && <p class="muted">{truncated.attempts} older ones left out</p>}
        </header>
        <AttemptList run={run} />
      </section>
      {trace ? (
        <TraceView key={trace.traceId} trace={trace} />
      ) : (
        <section class="card" aria-label="Trace">
          <NoTrace run={run} />
        </section>
      )}
      <section class="card" aria-labelledby="logs">
        <header>
          <h2 id="logs">Logs</h2>
          <p class="muted">
            {formatMany(logs.length, 'line')}
            {truncated?.logs && `, ${truncated.logs} older ones left out`}
          </p>
        </header>
        <LogList logs={logs} />
      </section>
    </div>
  );
}

function NoTrace({ run }: { run: RunDetail }): JSX.Element {
  const waits = run.attempts === 0;
  return (
    <Notice icon={waits ? 'clock' : 'info'} title={waits ? 'No spans yet' : 'No trace'}>
      <p>
        {waits
          ? 'They appear here as they arrive. Nothing comes? The overview says whether workers run.'
          : 'It was not sampled, or it is among the oldest that were dropped.'}
      </p>
    </Notice>
  );
}
