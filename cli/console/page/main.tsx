import { render } from 'preact';
import { App } from './shell/app.tsx';
import { applyTheme } from './shell/theme.ts';
import { ConsoleContext } from './state/console-context.ts';
import { createConsoleState } from './state/console-state.ts';

applyTheme();
const state = createConsoleState();
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app.');
render(
  <ConsoleContext.Provider value={state}>
    <App />
  </ConsoleContext.Provider>,
  root,
);
