import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AttributeJson } from '../../console-api.ts';
import { formatJson } from '../format/format-json.ts';

interface Typed {
  text: string;
  /** Why the text is no JSON. */
  problem: string | undefined;
  /** The value while this text stands: another one comes from a sample or a field. */
  value: AttributeJson | undefined;
}

/** A value as JSON. While it is none the form cannot be sent: the browser says why. */
export function JsonField(props: {
  label: string;
  value: AttributeJson | undefined;
  onChange: (value: AttributeJson | undefined) => void;
  rows: number;
  id?: string;
}): JSX.Element {
  const { label, value, onChange, rows, id } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState<Typed>();
  const current = typed?.value === value ? typed : undefined;
  const problem = current?.problem;
  useEffect(() => area.current?.setCustomValidity(problem ?? ''), [problem]);
  const type = (text: string) => {
    const parsed = parse(text);
    const next = parsed.problem === undefined ? parsed.value : value;
    setTyped({ text, problem: parsed.problem, value: next });
    onChange(next);
  };
  return (
    <div class="field" data-invalid={problem !== undefined}>
      <textarea
        ref={area}
        id={id}
        class="mono"
        aria-label={label}
        aria-invalid={problem !== undefined}
        rows={rows}
        spellcheck={false}
        value={current?.text ?? formatJson(value)}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      {problem !== undefined && <small class="field-problem">{problem}</small>}
    </div>
  );
}

function parse(text: string): { value?: AttributeJson; problem?: string } {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as AttributeJson };
  } catch (error) {
    return { problem: `Not JSON: ${(error as Error).message}` };
  }
}
