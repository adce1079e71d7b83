import type { JSX } from 'preact';
import type { AttributeJson } from '../../console-api.ts';
import { emptyValue } from './empty-value.ts';
import { ListField } from './list-field.tsx';
import { formatPath, type PayloadPath, valueAt, withValueAt } from './payload-path.ts';
import type { Field } from './read-schema.ts';
import { ValueInput } from './value-input.tsx';

interface PayloadFieldProps {
  field: Field;
  path: PayloadPath;
  label: string;
  required: boolean;
  value: AttributeJson | undefined;
  /** By path. */
  problems: ReadonlyMap<string, string>;
  /** Undefined: it is to be absent. */
  onChange: (value: AttributeJson | undefined) => void;
}

/** One value of the payload, with what is below it. */
export function PayloadField(props: PayloadFieldProps): JSX.Element {
  const { field, path, value, problems, onChange } = props;
  if (field.kind === 'object') {
    const fields = field.properties.map(({ key, required, field: property }) => (
      <PayloadField
        key={key}
        field={property}
        path={[...path, key]}
        label={key}
        required={required}
        value={valueAt(value, [key])}
        problems={problems}
        onChange={(next) => onChange(withValueAt(value, [key], next))}
      />
    ));
    if (path.length === 0) return <div class="fields">{fields}</div>;
    return (
      <fieldset class="nested">
        <legend>{props.label}</legend>
        <div class="fields">{fields}</div>
      </fieldset>
    );
  }
  if (field.kind === 'list') {
    const values = Array.isArray(value) ? value : [];
    return (
      <ListField
        label={props.label}
        values={values}
        empty={emptyValue(field.item)}
        problem={problems.get(formatPath(path))}
        onChange={onChange}
        renderItem={(item, index) => (
          <PayloadField
            field={field.item}
            path={[...path, index]}
            label={`${props.label} ${index + 1}`}
            required
            value={item}
            problems={problems}
            onChange={(next) => onChange(withValueAt(values, [index], next ?? ''))}
          />
        )}
      />
    );
  }
  return <ValueField {...props} />;
}

function ValueField(props: PayloadFieldProps): JSX.Element {
  const { field, path, label, required, problems } = props;
  const name = formatPath(path);
  const problem = problems.get(name);
  const describedBy = `about-${name}`;
  const input = (
    <ValueInput
      {...props}
      name={name}
      describedBy={describedBy}
      isInvalid={problem !== undefined}
    />
  );
  const about = (
    <small id={describedBy}>
      {problem !== undefined && <span class="field-problem">{problem}</span>}
      {problem === undefined && field.description && <span class="muted">{field.description}</span>}
    </small>
  );
  const caption = (
    <span>
      {field.title ?? label}
      {!required && <span class="muted"> optional</span>}
    </span>
  );
  if (field.kind === 'boolean') {
    return (
      <div class="field" data-invalid={problem !== undefined}>
        <label class="check" for={`field-${name}`}>
          {input}
          {caption}
        </label>
        {about}
      </div>
    );
  }
  return (
    <div class="field" data-invalid={problem !== undefined}>
      <label for={`field-${name}`}>{caption}</label>
      {input}
      {about}
    </div>
  );
}
