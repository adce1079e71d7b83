import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AttributeJson } from '../../console-api.ts';
import { formatValue } from '../format/format-json.ts';
import { JsonField } from './json-field.tsx';
import type { Field } from './read-schema.ts';

export interface ValueInputProps {
  field: Field;
  required: boolean;
  value: AttributeJson | undefined;
  /** Undefined: it is to be absent. */
  onChange: (value: AttributeJson | undefined) => void;
  name: string;
  describedBy: string;
  isInvalid: boolean;
}

/** The control of one value that has none below it. */
export function ValueInput(props: ValueInputProps): JSX.Element {
  const { field, name, describedBy, isInvalid, required, value, onChange } = props;
  const common = {
    id: `field-${name}`,
    name,
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid,
  };
  if (field.kind === 'number') return <NumberInput {...props} common={common} />;
  if (field.kind === 'boolean') {
    return (
      <input
        {...common}
        type="checkbox"
        checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  }
  if (field.kind === 'choice') {
    const index = field.options.findIndex((each) => formatValue(each) === formatValue(value));
    return (
      <select
        {...common}
        value={index}
        onChange={({ currentTarget }) => onChange(field.options[Number(currentTarget.value)])}
      >
        {(index === -1 || !required) && <option value={-1}>–</option>}
        {field.options.map((option, at) => (
          <option key={formatValue(option)} value={at}>
            {formatValue(option)}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === 'json') {
    return <JsonField id={common.id} label={name} value={value} onChange={onChange} rows={4} />;
  }
  return (
    <input
      {...common}
      type="text"
      autocomplete="off"
      spellcheck={false}
      value={value === undefined ? '' : formatValue(value)}
      onInput={({ currentTarget }) => {
        const text = currentTarget.value;
        onChange(text === '' && !required ? undefined : text);
      }}
    />
  );
}

/** Keeps what is typed: `1.` is on its way to 1.5, and what is no number is for the server to refuse. */
function NumberInput(props: ValueInputProps & { common: object }): JSX.Element {
  const { value, onChange, common } = props;
  const [typed, setTyped] = useState('');
  const shown = value === undefined ? '' : formatValue(value);
  return (
    <input
      {...common}
      type="text"
      inputMode="decimal"
      autocomplete="off"
      value={parseNumber(typed) === value ? typed : shown}
      onInput={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onChange(parseNumber(currentTarget.value));
      }}
    />
  );
}

function parseNumber(text: string): number | string | undefined {
  if (text.trim() === '') return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
