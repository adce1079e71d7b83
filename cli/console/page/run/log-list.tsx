import type { JSX } from 'preact';
import type { RunLog } from '../../console-api.ts';
import { formatValue } from '../format/format-json.ts';
import { formatTimeWithMs } from '../format/format-time.ts';
import { Icon, type IconName } from '../parts/icon.tsx';

const LEVELS: Record<RunLog['level'], IconName> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'cross',
};

export function LogList({ logs }: { logs: RunLog[] }): JSX.Element {
  if (logs.length === 0) {
    return (
      <p class="muted">
        Nothing was logged yet. In a task, <code>log.info('…')</code> does.
      </p>
    );
  }
  return (
    <ol class="logs">
      {logs.map((log, index) => (
        <LogLine key={index} log={log} />
      ))}
    </ol>
  );
}

function LogLine({ log }: { log: RunLog }): JSX.Element {
  const { time, level, message, attempt } = log;
  const attributes = Object.entries(log.attributes);
  return (
    <li class="log" data-level={level}>
      <span class="log-time mono muted">{formatTimeWithMs(time)}</span>
      <span class="log-level">
        <Icon name={LEVELS[level] ?? 'info'} size={13} />
        {level}
      </span>
      <span class="log-message">
        <span class="break">{message}</span>
        {attempt !== undefined && <span class="muted"> attempt {attempt}</span>}
        {attributes.length > 0 && (
          <span class="log-attributes">
            {attributes.map(([key, value]) => (
              <span key={key}>
                <span class="muted">{key}=</span>
                {formatValue(value)}
              </span>
            ))}
          </span>
        )}
      </span>
    </li>
  );
}
