import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { isWeb } from '../shell/is-web.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';

/** A trace's id, which leads to where the trace is shown, if that is known. */
export function TraceLink({ traceId }: { traceId: string }): JSX.Element {
  const template = useStore(useConsole().settings).value?.traceUrl;
  const id = <span class="mono">{traceId.slice(0, 8)}…</span>;
  if (template === undefined || !isWeb(template)) return <span title={traceId}>{id}</span>;
  return (
    <a
      href={template.replaceAll('{traceId}', encodeURIComponent(traceId))}
      target="_blank"
      rel="noreferrer"
      aria-label={`Trace ${traceId}, in a new tab`}
    >
      {id} <Icon name="outward" size={13} />
    </a>
  );
}
