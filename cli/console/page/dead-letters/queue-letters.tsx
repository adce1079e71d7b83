import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type {
  DeadLetterList,
  PurgeAnswer,
  PurgeRequest,
  RedriveAnswer,
  RedriveRequest,
} from '../../console-api.ts';
import { formatMany } from '../format/format-count.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { postJson } from '../state/ask-server.ts';
import { useAnswer } from '../state/use-answer.ts';
import { LetterList } from './letter-list.tsx';
import { usePaced } from './use-paced.ts';

/** Reading hides the letters from others for a moment: not with every figure that changes. */
const PACE_MS = 5_000;

type Question = 'redrive-chosen' | 'redrive-all' | 'purge';

/** The dead letters of one queue, and what can be done with them. */
export function QueueLetters(props: { queue: string; dead: number | undefined }): JSX.Element {
  const { queue, dead } = props;
  const path = `dead-letters/${encodeURIComponent(queue)}`;
  const { value: list, problem, reload } = useAnswer<DeadLetterList>(path);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [question, setQuestion] = useState<Question>();
  const [result, setResult] = useState('');
  const reloadLater = usePaced(reload, PACE_MS);

  // SQS's own count changed: somebody sent one there, or took one away.
  useEffect(() => {
    if (dead !== undefined && list !== undefined) reloadLater();
  }, [dead]);

  if (list === undefined) {
    if (problem === undefined) return <Skeleton height={64} count={4} />;
    const title = `The dead letters of ${queue} could not be read`;
    return <ProblemNotice title={title} problem={problem.message} onRetry={reload} />;
  }
  const ids = list.letters.map(({ messageId }) => messageId).filter((id) => chosen.has(id));
  const total = Math.max(list.total, list.letters.length);

  async function answer(): Promise<void> {
    if (question === 'purge') {
      const body: PurgeRequest = { confirm: queue };
      const { purged } = await postJson<PurgeAnswer>(`${path}/purge`, body);
      setResult(`${formatMany(purged, 'message')} of ${queue} purged.`);
    } else {
      const body: RedriveRequest = question === 'redrive-chosen' ? { ids } : {};
      setResult(describeRedrive(await postJson<RedriveAnswer>(`${path}/redrive`, body), queue));
    }
    setChosen(new Set());
    reload();
  }

  return (
    <div class="stack">
      {problem && (
        <ProblemNotice
          title="The list could not be renewed"
          problem={problem.message}
          onRetry={reload}
        />
      )}
      <div class="toolbar">
        <p>
          <strong>{formatMany(total, 'message')}</strong> in{' '}
          <span class="mono break">{list.dlq}</span>
          {list.more && <span class="muted">, the first {list.letters.length} shown</span>}
        </p>
        <div class="page-actions">
          <button type="button" class="icon-button" aria-label="Read again" onClick={reload}>
            <Icon name="refresh" />
          </button>
          <button
            type="button"
            class="button"
            disabled={ids.length === 0}
            onClick={() => setQuestion('redrive-chosen')}
          >
            Redrive selected ({ids.length})
          </button>
          <button
            type="button"
            class="button primary"
            disabled={total === 0}
            onClick={() => setQuestion('redrive-all')}
          >
            <Icon name="retry" /> Redrive all
          </button>
          <button
            type="button"
            class="button danger"
            disabled={total === 0}
            onClick={() => setQuestion('purge')}
          >
            <Icon name="trash" /> Purge
          </button>
        </div>
      </div>
      <p class="result" role="status">
        {result}
      </p>
      {list.letters.length === 0 ? (
        <NoLetters queue={queue} total={total} />
      ) : (
        <LetterList path={path} letters={list.letters} chosen={chosen} onChoose={setChosen} />
      )}
      {question && (
        <ConfirmDialog
          {...wordsOf(question, queue, question === 'redrive-chosen' ? ids.length : total)}
          onConfirm={answer}
          onClose={() => setQuestion(undefined)}
        />
      )}
    </div>
  );
}

function NoLetters({ queue, total }: { queue: string; total: number }): JSX.Element {
  if (total > 0) {
    return (
      <Notice icon="clock" title="None can be read just now">
        <p>
          SQS counts {formatMany(total, 'message')}; others are reading them. Read again in a
          moment.
        </p>
      </Notice>
    );
  }
  return (
    <Notice icon="check" title={`No dead letters on ${queue}`}>
      <p>What runs out of attempts, or throws a NonRetryableError, ends up here.</p>
    </Notice>
  );
}

function wordsOf(question: Question, queue: string, count: number) {
  const messages = formatMany(count, 'message');
  if (question === 'purge') {
    return {
      title: `Purge ${messages} of ${queue}?`,
      text: `Everything in the dead-letter queue of ${queue} is deleted, about ${messages}. It cannot be undone.`,
      action: `Purge ${messages}`,
      typed: queue,
      danger: true,
    };
  }
  return {
    title: `Redrive ${messages} to ${queue}?`,
    text: `They go back to the queue ${queue} and are tried again from attempt 1.`,
    action: `Redrive ${messages}`,
  };
}

function describeRedrive({ redriven, underWay, failed }: RedriveAnswer, queue: string): string {
  const done = underWay
    ? `SQS is moving the messages to ${queue}.`
    : `${formatMany(redriven, 'message')} sent back to ${queue}.`;
  const [first] = failed;
  if (first === undefined) return done;
  return `${done} ${formatMany(failed.length, 'message')} stayed: ${first.message}`;
}
