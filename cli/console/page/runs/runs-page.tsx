import type { JSX } from 'preact';
import { labelOf } from '../parts/state-badge.tsx';
import { hrefOf, RUN_STATES, type RunFilter } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { NoTelemetry } from '../tasks/no-telemetry.tsx';
import { RunList } from './run-list.tsx';

/** All runs that are kept, newest first. */
export function RunsPage({ filter }: { filter: RunFilter }): JSX.Element {
  const known = useStore(useConsole().settings).value;
  const choose = (chosen: { [K in keyof RunFilter]: string }) => {
    const entries = Object.entries({ ...filter, ...chosen }).filter(([, value]) => value !== '');
    location.hash = hrefOf({ page: 'runs', filter: Object.fromEntries(entries) });
  };
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Runs</h1>
          <p>
            The newest first
            {known?.telemetry && `; the last ${known.maxRuns.toLocaleString('en')} are kept`}.
          </p>
        </div>
        <fieldset class="filters">
          <legend class="visually-hidden">Show only</legend>
          <Choice
            label="Task"
            value={filter.task ?? ''}
            options={(known?.tasks ?? []).map((task) => [task, task])}
            onChoose={(task) => choose({ task })}
          />
          <Choice
            label="Queue"
            value={filter.queue ?? ''}
            options={(known?.queues ?? []).map((queue) => [queue, queue])}
            onChoose={(queue) => choose({ queue })}
          />
          <Choice
            label="State"
            value={filter.state ?? ''}
            options={RUN_STATES.map((state) => [state, labelOf(state)])}
            onChoose={(state) => choose({ state })}
          />
        </fieldset>
      </div>
      {known && !known.telemetry ? <NoTelemetry settings={known} /> : <RunList filter={filter} />}
    </>
  );
}

function Choice(props: {
  label: string;
  value: string;
  options: [value: string, label: string][];
  onChoose: (value: string) => void;
}): JSX.Element {
  const { label, value, options, onChoose } = props;
  // What the address says may be something that nobody knows yet.
  const isKnown = value === '' || options.some(([each]) => each === value);
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">all</option>
        {!isKnown && <option value={value}>{value}</option>}
        {options.map(([each, shown]) => (
          <option key={each} value={each}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}
