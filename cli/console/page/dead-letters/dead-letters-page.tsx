import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Overview } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { QueueLetters } from './queue-letters.tsx';

/** What failed for good, a queue at a time: that of the address, or the first one with any. */
export function DeadLettersPage({ queue }: { queue: string | undefined }): JSX.Element {
  const { value, problem } = useStore(useConsole().overview);
  const queues = value?.queues.filter(({ dlq }) => dlq !== undefined) ?? [];
  // The first one with any when the page was opened: not another one once that is empty.
  const first = useRef<string>(undefined);
  first.current ??= (queues.find(({ dead }) => dead > 0) ?? queues[0])?.name;
  const shown = queue ?? first.current;
  const faults = value ? faultsOf(value) : [];
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Dead letters</h1>
          <p>Messages that are not tried again. Redrive them once their cause is mended.</p>
        </div>
      </div>
      {queues.length > 0 && (
        <nav class="tabs" aria-label="Queues">
          {queues.map(({ name, dead }) => (
            <a
              key={name}
              href={hrefOf({ page: 'dead-letters', queue: name })}
              aria-current={name === shown ? 'page' : undefined}
            >
              {name}
              <span class="count" data-tone={dead > 0 ? 'bad' : undefined}>
                {formatCount(dead)}
              </span>
            </a>
          ))}
        </nav>
      )}
      {shown !== undefined && (
        <QueueLetters
          key={shown}
          queue={shown}
          dead={queues.find((each) => each.name === shown)?.dead}
        />
      )}
      {value && faults.length > 0 && (
        <ProblemNotice
          title="The queues could not all be read: what is shown may not be all"
          problem={faults.join(' ')}
        />
      )}
      {shown === undefined && value && faults.length === 0 && (
        <Notice icon="info" title="No queue has a dead-letter queue">
          <p>A queue of Leadline's stack has one; those that were made otherwise may not.</p>
        </Notice>
      )}
      {!value && !problem && <Skeleton height={64} count={4} />}
      {!value && problem && shown === undefined && (
        <ProblemNotice title="The queues are not known" problem={problem} />
      )}
    </>
  );
}

/** A queue that was never read has no dead-letter queue that is known: that is no answer. */
function faultsOf({ error, queues }: Overview): string[] {
  const own = queues.flatMap(({ name, error: why }) =>
    why === undefined ? [] : `${name}: ${why}`,
  );
  return [...(error === undefined ? [] : [error]), ...own];
}
