import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadLetter, DeadLetterList } from '../../console-api.ts';
import { formatMany } from '../format/format-count.ts';
import { formatJson } from '../format/format-json.ts';
import { formatAgo, formatTime } from '../format/format-time.ts';
import { TraceLink } from '../run/trace-link.tsx';
import { hrefOf } from '../shell/route.ts';
import { getJson } from '../state/ask-server.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';

export function Letter(props: {
  path: string;
  letter: DeadLetter;
  now: number;
  isChosen: boolean;
  onToggle: () => void;
}): JSX.Element {
  const { path, letter, now, isChosen, onToggle } = props;
  const { messageId, id, task, reason, error, attempts, failedAt, enqueuedAt, traceId } = letter;
  const hasRuns = useStore(useConsole().settings).value?.telemetry ?? true;
  const at = failedAt ?? enqueuedAt;
  return (
    <li class="letter">
      <input
        type="checkbox"
        aria-label={`Select ${task ?? 'the message'} ${id ?? messageId}`}
        checked={isChosen}
        onChange={onToggle}
      />
      <div class="letter-body">
        <p class="letter-head">
          <strong class="break">{task ?? 'Unreadable message'}</strong>
          {id === undefined || !hasRuns ? (
            <span class="mono muted break">{id ?? messageId}</span>
          ) : (
            <a class="mono break" href={hrefOf({ page: 'run', id })}>
              {id}
            </a>
          )}
        </p>
        <p class="break">
          {error ? (
            <>
              <strong class="error-type">{error.type}</strong> {error.message}
            </>
          ) : (
            <span class="muted">{reason}</span>
          )}
        </p>
        <p class="letter-facts muted">
          {attempts !== undefined && <span>{formatMany(attempts, 'attempt')}</span>}
          {at !== undefined && (
            <span title={formatTime(at)}>
              {failedAt === undefined ? 'enqueued' : 'failed'} {formatAgo(at, now)}
            </span>
          )}
          {traceId !== undefined && (
            <span>
              trace <TraceLink traceId={traceId} />
            </span>
          )}
        </p>
        <Payload path={path} messageId={messageId} />
      </div>
    </li>
  );
}

/** Not sent before somebody asks for it: payloads may be personal. */
function Payload({ path, messageId }: { path: string; messageId: string }): JSX.Element {
  const [shown, setShown] = useState<string>();
  const load = async () => {
    setShown('Loading…');
    try {
      const query = `payload=${encodeURIComponent(messageId)}`;
      const { letters } = await getJson<DeadLetterList>(`${path}?${query}`);
      const letter = letters.find((each) => each.messageId === messageId);
      if (letter === undefined) setShown('It is no longer here.');
      else setShown(formatJson(letter.payload));
    } catch (error) {
      setShown((error as Error).message);
    }
  };
  return (
    <details
      onToggle={({ currentTarget }) => {
        if (currentTarget.open && shown === undefined) void load();
        if (!currentTarget.open) setShown(undefined);
      }}
    >
      <summary>Payload</summary>
      <pre>{shown}</pre>
    </details>
  );
}
