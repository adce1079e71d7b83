import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { findPlaces, type Place } from './find-places.ts';

/** Goes to a task, a queue, a page, or the run of an id. `/` puts the focus here, Esc takes it away. */
export function SearchBox(): JSX.Element {
  const settings = useStore(useConsole().settings).value;
  const input = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const places = findPlaces(words, {
    tasks: settings?.tasks ?? [],
    queues: settings?.queues ?? [],
  });
  const isOpen = open && words.trim() !== '';
  useSlash(input);

  const leave = () => {
    setWords('');
    setOpen(false);
    input.current?.blur();
  };
  const go = (place: Place | undefined) => {
    if (place === undefined) return;
    leave();
    location.hash = place.href;
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') return leave();
    if (event.key === 'Enter') return go(places[chosen]);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || places.length === 0) return;
    event.preventDefault();
    setChosen((chosen + step + places.length) % places.length);
  };

  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Find a task, a queue or a run by its id"
        aria-expanded={isOpen}
        aria-controls="search-places"
        aria-autocomplete="list"
        aria-activedescendant={isOpen && places[chosen] ? `place-${chosen}` : undefined}
        placeholder="Find a task, queue or run id"
        autocomplete="off"
        spellcheck={false}
        value={words}
        onInput={({ currentTarget }) => {
          setWords(currentTarget.value);
          setChosen(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
      <div
        class="search-places"
        id="search-places"
        role="listbox"
        aria-label="Found"
        hidden={!isOpen}
      >
        {places.map((place, index) => (
          <div
            key={`${place.kind} ${place.name}`}
            id={`place-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            // Before the input loses the focus, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              go(place);
            }}
          >
            <span class="ellipsis">{place.name}</span>
            <span class="muted">{place.kind}</span>
          </div>
        ))}
        {isOpen && places.length === 0 && (
          <p class="muted">Nothing is called that. A run is found by its whole id.</p>
        )}
      </div>
    </div>
  );
}

function useSlash(input: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      const writes = target?.closest('input, textarea, select, [contenteditable], dialog') != null;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || writes) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
