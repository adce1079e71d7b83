import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ConsoleState } from './console-state.ts';

export const ConsoleContext = createContext<ConsoleState | undefined>(undefined);

export function useConsole(): ConsoleState {
  const state = useContext(ConsoleContext);
  if (state === undefined) throw new Error('A component was rendered outside of ConsoleContext.');
  return state;
}
