import type { JSX } from 'preact';
import type { AttributeJson, TraceSpan, WaitSegment } from '../../console-api.ts';
import { formatDuration } from '../format/format-duration.ts';
import { formatValue } from '../format/format-json.ts';
import { formatTimeWithMs } from '../format/format-time.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Badge } from '../parts/state-badge.tsx';
import type { TraceRow } from './arrange-rows.ts';
import { isFailed, kindOf, laneName, laneOf, nameOf } from './describe-row.ts';

/** All that is known of one line of the waterfall. */
export function RowDetails({ row, startedAt }: { row: TraceRow; startedAt: number }): JSX.Element {
  return (
    <section class="details" aria-label={`Details of ${nameOf(row)}`}>
      <header>
        <h3 class="break">{nameOf(row)}</h3>
        {isFailed(row) && (
          <Badge tone="bad" icon="cross">
            Failed
          </Badge>
        )}
      </header>
      <p class="muted">
        {laneName(laneOf(row))} · {formatDuration(row.endedAt - row.startedAt)} · begins after{' '}
        {formatDuration(row.startedAt - startedAt)}, at {formatTimeWithMs(row.startedAt)}
      </p>
      {row.kind === 'span' ? <SpanDetails span={row.span} /> : <WaitDetails row={row} />}
    </section>
  );
}

function WaitDetails({ row }: { row: TraceRow & { kind: 'wait' } }): JSX.Element {
  return <p>{explainWait(row.wait)}</p>;
}

function explainWait(wait: WaitSegment): string {
  const { queue, attempt } = wait;
  switch (kindOf(wait)) {
    case 'backoff':
      return `Attempt ${attempt - 1} failed; the message came back to the queue ${queue} after its backoff.`;
    case 'redriven':
      return `The message lay in the dead-letter queue of ${queue} until it was redriven, and then on the queue until a worker took it. Its attempts are counted from 1 again.`;
    default:
      return `The message lay on the queue ${queue} until a worker took it for attempt ${attempt}.`;
  }
}

function SpanDetails({ span }: { span: TraceSpan }): JSX.Element {
  const { spanId, kind, service, functionName, statusMessage, events } = span;
  const facts: [string, AttributeJson][] = [
    ['service', service],
    ...(functionName === undefined ? [] : [['function', functionName] as [string, string]]),
    ['kind', kind],
    ...Object.entries(span.attributes),
  ];
  return (
    <>
      {statusMessage && <p class="failure break">{statusMessage}</p>}
      <div class="details-columns">
        <Attributes attributes={facts} />
        {events.length > 0 && (
          <ol class="events">
            {events.map((event, index) => (
              <li key={index}>
                <h4>
                  {event.name} <span class="muted">{formatTimeWithMs(event.time)}</span>
                </h4>
                <Attributes attributes={Object.entries(event.attributes)} />
              </li>
            ))}
          </ol>
        )}
      </div>
      <p class="with-copy muted">
        span <span class="mono">{spanId}</span>
        <CopyButton text={spanId} what="the span's id" />
      </p>
    </>
  );
}

function Attributes({ attributes }: { attributes: [string, AttributeJson][] }): JSX.Element {
  return (
    <dl class="attributes">
      {attributes.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
