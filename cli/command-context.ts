import type { Patience } from './oneuptime/api/patience.ts';
import type { Terminal } from './terminal.ts';

/** All that a command knows of the place that it was called in. */
export interface CommandContext {
  terminal: Terminal;
  environment: Readonly<Record<string, string | undefined>>;
  /** The project's folder. */
  directory: string;
  /** How long it waits for OneUptime. @default PATIENCE */
  patience?: Patience;
}
