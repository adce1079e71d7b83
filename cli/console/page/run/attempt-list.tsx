import type { JSX } from 'preact';
import type { Attempt, RunDetail } from '../../console-api.ts';
import { formatAge, formatDuration } from '../format/format-duration.ts';
import { formatTimeWithMs } from '../format/format-time.ts';
import { Icon } from '../parts/icon.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { useNow } from '../parts/use-now.ts';

/** The attempts in their order, and the time before each. */
export function AttemptList({ run }: { run: RunDetail }): JSX.Element {
  const { attemptList, state } = run;
  const comes = state === 'queued' || state === 'retrying';
  const now = useNow(comes || state === 'running');
  return (
    <ol class="attempts">
      {attemptList.map((attempt, index) => (
        // A redrive counts from 1 again.
        <li key={attempt.spanId ?? index} data-outcome={attempt.outcome}>
          <Delay {...delayBefore(run, index)} />
          <AttemptCard attempt={attempt} now={now} />
        </li>
      ))}
      {comes && <Coming run={run} now={now} />}
    </ol>
  );
}

function Delay({ ms, word }: { ms: number | undefined; word: string }): JSX.Element | null {
  if (ms === undefined) return null;
  return (
    <p class="delay">
      <Icon name="clock" size={14} />
      {word} <strong>{formatDuration(ms)}</strong>
    </p>
  );
}

function delayBefore(run: RunDetail, index: number): { ms: number | undefined; word: string } {
  const { attemptList, truncated, waitMs } = run;
  const own = attemptList[index];
  const before = attemptList[index - 1];
  if (before !== undefined && own !== undefined) {
    const isRedriven = own.attempt <= before.attempt;
    return { ms: own.delayBeforeMs, word: isRedriven ? 'redriven after' : 'again after' };
  }
  if (truncated?.attempts) return { ms: own?.delayBeforeMs, word: 'again after' };
  // The same figure as in the head of the page.
  return { ms: waitMs ?? own?.delayBeforeMs, word: 'waited' };
}

/** The attempt that is still to come. */
function Coming({ run, now }: { run: RunDetail; now: number }): JSX.Element {
  const last = run.attemptList.at(-1);
  const since = last?.endedAt ?? run.enqueuedAt;
  const waits = since === undefined ? undefined : Math.max(0, now - since);
  const chosen = last?.delaySeconds;
  return (
    <li>
      <p class="delay">
        <Icon name="clock" size={14} />
        {last ? 'the next attempt' : 'the first attempt'} is to come
        {chosen !== undefined && `, ${formatDuration(chosen * 1000)} after the last one`}
        {waits !== undefined && `; waits for ${formatAge(waits / 1000)}`}
      </p>
    </li>
  );
}

function AttemptCard({ attempt, now }: { attempt: Attempt; now: number }): JSX.Element {
  const { outcome, startedAt, durationMs, error, functionName } = attempt;
  const running = outcome === 'running' && startedAt !== undefined;
  const took = running ? formatAge((now - startedAt) / 1000) : formatDuration(durationMs);
  return (
    <div class="attempt">
      <p class="attempt-head">
        <strong>Attempt {attempt.attempt}</strong>
        <StateBadge state={outcome} />
        <span>{took}</span>
        {startedAt !== undefined && <span class="muted">{formatTimeWithMs(startedAt)}</span>}
        {functionName !== undefined && <span class="muted ellipsis">{functionName}</span>}
      </p>
      {error && (
        <div class="failure">
          <p>
            <strong>{error.type}</strong> <span class="break">{error.message}</span>
          </p>
          {error.stack !== undefined && (
            <details>
              <summary>Stack</summary>
              <pre>{error.stack}</pre>
            </details>
          )}
        </div>
      )}
    </div>
  );
}
