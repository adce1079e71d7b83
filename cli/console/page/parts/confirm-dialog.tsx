import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Asks before something is done; Esc, or Cancel, does nothing. */
export function ConfirmDialog(props: {
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  danger?: boolean;
  /** Has to be typed first. @default nothing */
  typed?: string;
  /** What it throws is shown, and the dialog stays. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}): JSX.Element {
  const { title, text, action, danger = false, typed, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [words, setWords] = useState('');
  const [underWay, setUnderWay] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const confirm = async () => {
    setUnderWay(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
      setUnderWay(false);
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === undefined || words === typed) void confirm();
        }}
      >
        <h2 id="dialog-title" class="break">
          {title}
        </h2>
        <p class="break">{text}</p>
        {typed !== undefined && (
          <label class="field">
            <span>
              Type <strong>{typed}</strong> to confirm
            </span>
            <input
              type="text"
              autocomplete="off"
              spellcheck={false}
              value={words}
              onInput={({ currentTarget }) => setWords(currentTarget.value)}
            />
          </label>
        )}
        {problem && (
          <p class="inline-problem" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={danger ? 'button danger solid' : 'button primary'}
            disabled={underWay || (typed !== undefined && words !== typed)}
          >
            {underWay ? 'Working…' : action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
