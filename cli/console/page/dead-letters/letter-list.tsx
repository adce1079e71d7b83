import type { JSX } from 'preact';
import type { DeadLetter } from '../../console-api.ts';
import { useNow } from '../parts/use-now.ts';
import { Letter } from './letter.tsx';

export function LetterList(props: {
  /** Of the queue's dead letters. */
  path: string;
  letters: DeadLetter[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}): JSX.Element {
  const { path, letters, chosen, onChoose } = props;
  const now = useNow();
  const all = letters.every(({ messageId }) => chosen.has(messageId));
  const toggle = (messageId: string) => {
    const next = new Set(chosen);
    if (!next.delete(messageId)) next.add(messageId);
    onChoose(next);
  };
  return (
    <div class="card letters">
      <label class="check letters-head">
        <input
          type="checkbox"
          checked={all}
          onChange={() => onChoose(new Set(all ? [] : letters.map(({ messageId }) => messageId)))}
        />
        Select all that are shown
      </label>
      <ul>
        {letters.map((letter) => (
          <Letter
            key={letter.messageId}
            path={path}
            letter={letter}
            now={now}
            isChosen={chosen.has(letter.messageId)}
            onToggle={() => toggle(letter.messageId)}
          />
        ))}
      </ul>
    </div>
  );
}
