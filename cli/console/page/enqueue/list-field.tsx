import type { ComponentChildren, JSX } from 'preact';
import type { AttributeJson } from '../../console-api.ts';
import { Icon } from '../parts/icon.tsx';
import { withValueAt } from './payload-path.ts';

/** Values of one kind, as many as there are to be. */
export function ListField(props: {
  label: string;
  values: AttributeJson[];
  /** What an added one begins with. */
  empty: AttributeJson;
  problem: string | undefined;
  onChange: (values: AttributeJson | undefined) => void;
  renderItem: (value: AttributeJson, index: number) => ComponentChildren;
}): JSX.Element {
  const { label, values, empty, problem, onChange, renderItem } = props;
  return (
    <fieldset class="nested">
      <legend>{label}</legend>
      <div class="fields">
        {values.map((value, index) => (
          <div key={index} class="list-item">
            {renderItem(value, index)}
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove ${label} ${index + 1}`}
              onClick={() => onChange(withValueAt(values, [index], undefined))}
            >
              <Icon name="trash" />
            </button>
          </div>
        ))}
        {problem !== undefined && <p class="field-problem">{problem}</p>}
        <button type="button" class="button small" onClick={() => onChange([...values, empty])}>
          <Icon name="enqueue" size={13} /> Add {label}
        </button>
      </div>
    </fieldset>
  );
}
