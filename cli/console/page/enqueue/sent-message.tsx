import type { JSX } from 'preact';
import type { EnqueueAnswer } from '../../console-api.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { TraceLink } from '../run/trace-link.tsx';

/** What was sent, where nothing more is known here: its run is in the telemetry. */
export function SentMessage({ sent }: { sent: EnqueueAnswer }): JSX.Element {
  const { id, task, queue, traceId } = sent;
  return (
    <Notice icon="check" title={`${task} was sent to ${queue}`}>
      <p class="with-copy">
        <span class="mono break">{id}</span>
        <CopyButton text={id} what="the run's id" />
      </p>
      {traceId !== undefined && (
        <p>
          Look at its trace: <TraceLink traceId={traceId} />
        </p>
      )}
    </Notice>
  );
}
