import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type {
  AttributeJson,
  EnqueueAnswer,
  EnqueueRequest,
  TaskContract,
} from '../../console-api.ts';
import { formatMany } from '../format/format-count.ts';
import { Icon } from '../parts/icon.tsx';
import { hrefOf } from '../shell/route.ts';
import { postJson, ServerProblem } from '../state/ask-server.ts';
import { explainProblem } from './explain-problem.ts';
import { JsonField } from './json-field.tsx';
import { PayloadField } from './payload-field.tsx';
import { formatPath, valueAt } from './payload-path.ts';
import { type Field, readSchema } from './read-schema.ts';

/** The payload of one task, as a form of its schema or as JSON. */
export function EnqueueForm(props: {
  contract: TaskContract;
  tasks: string[];
  onSent: (answer: EnqueueAnswer) => void;
}): JSX.Element {
  const { contract, tasks, onSent } = props;
  const { task, queue, fifo, samples, schema, maxAttempts, timeoutSeconds } = contract;
  const field = useMemo<Field>(() => (schema ? readSchema(schema) : { kind: 'json' }), [schema]);
  const [payload, setPayload] = useState<AttributeJson | undefined>(samples[0]?.payload ?? {});
  const [asJson, setAsJson] = useState(field.kind === 'json');
  const [groupId, setGroupId] = useState('');
  const [underWay, setUnderWay] = useState(false);
  const [problem, setProblem] = useState<ServerProblem>();

  const change = (value: AttributeJson | undefined) => {
    setPayload(value);
    setProblem(undefined);
  };
  const send = async () => {
    setUnderWay(true);
    setProblem(undefined);
    try {
      const group = fifo && groupId !== '' ? { groupId } : {};
      const body: EnqueueRequest = { task, payload, ...group };
      onSent(await postJson<EnqueueAnswer>('enqueue', body));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      setProblem(error);
    } finally {
      setUnderWay(false);
    }
  };
  const problems = new Map(
    problem?.issues.map((issue) => [issue.path, explainProblem(issue, schema, payload)]),
  );
  const paths = new Set(asJson ? [] : pathsOf(field, payload, []));
  const elsewhere = [...problems].filter(([path]) => !paths.has(path));

  return (
    <form
      class="card enqueue-form"
      aria-label="Task to enqueue"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span>Task</span>
        <select
          value={task}
          onChange={({ currentTarget }) => {
            location.hash = hrefOf({ page: 'enqueue', task: currentTarget.value });
          }}
        >
          {tasks.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        <small class="muted">
          on {queue}, {formatMany(maxAttempts, 'attempt')} at most, {timeoutSeconds} s each
        </small>
      </label>
      <fieldset class="samples">
        <legend>Samples</legend>
        {samples.map(({ name, payload: sample }) => (
          <button key={name} type="button" class="button small" onClick={() => change(sample)}>
            {name}
          </button>
        ))}
      </fieldset>
      <fieldset class="payload">
        <legend>
          Payload
          {field.kind !== 'json' && (
            <button
              type="button"
              class="link-button"
              aria-pressed={asJson}
              onClick={() => setAsJson(!asJson)}
            >
              {asJson ? 'Edit as a form' : 'Edit as JSON'}
            </button>
          )}
        </legend>
        {asJson ? (
          <JsonField label="JSON" value={payload} onChange={change} rows={10} />
        ) : (
          <PayloadField
            field={field}
            path={[]}
            label=""
            required
            value={payload}
            problems={problems}
            onChange={change}
          />
        )}
      </fieldset>
      {fifo && (
        <label class="field">
          <span>Message group</span>
          <input
            type="text"
            value={groupId}
            placeholder="console"
            onInput={({ currentTarget }) => setGroupId(currentTarget.value)}
          />
          <small class="muted">Messages of one group run one after the other.</small>
        </label>
      )}
      {problem && (
        <div class="inline-problem" role="alert">
          <p>{problem.message}</p>
          <ul>
            {elsewhere.map(([path, message]) => (
              <li key={path}>
                {path !== '' && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      <button type="submit" class="button primary large" disabled={underWay}>
        <Icon name="enqueue" /> {underWay ? 'Sending…' : 'Enqueue'}
      </button>
    </form>
  );
}

/** Where the form can show a problem beside its field. */
function pathsOf(
  field: Field,
  value: AttributeJson | undefined,
  path: (string | number)[],
): string[] {
  if (field.kind === 'object') {
    return field.properties.flatMap(({ key, field: property }) =>
      pathsOf(property, valueAt(value, [key]), [...path, key]),
    );
  }
  const own = path.length === 0 ? [] : [formatPath(path)];
  if (field.kind !== 'list' || !Array.isArray(value)) return own;
  const below = value.flatMap((item, index) => pathsOf(field.item, item, [...path, index]));
  return [...own, ...below];
}
