import type { JSX } from 'preact';
import type { ConsoleSettings } from '../../console-api.ts';
import { Notice } from '../parts/notice.tsx';
import { isWeb } from '../shell/is-web.ts';
import { hrefOf } from '../shell/route.ts';

/** Where the console shows queues of AWS: tasks and traces are somewhere else. */
export function NoTelemetry({ settings }: { settings: ConsoleSettings }): JSX.Element {
  const { telemetryUrl } = settings;
  return (
    <Notice icon="info" title="Tasks and traces are not kept here">
      <p>
        This console shows the queues of {settings.title}.{' '}
        {telemetryUrl !== undefined && isWeb(telemetryUrl) ? (
          <a href={telemetryUrl} target="_blank" rel="noreferrer">
            Look at the telemetry
          </a>
        ) : (
          'Look at the telemetry where your functions send it'
        )}
        , or at the <a href={hrefOf({ page: 'dead-letters' })}>dead letters</a> here.
      </p>
    </Notice>
  );
}
