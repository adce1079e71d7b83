import { afterEach, beforeEach } from 'vitest';
import {
  type OneUptimeStandIn,
  type StoredRow,
  startOneUptimeStandIn,
} from './oneuptime-stand-in.ts';
import { type CommandRun, type RunOptions, runLeadline } from './run-leadline.ts';

export interface OneUptimeProject {
  /** Of the test that runs. */
  readonly standIn: OneUptimeStandIn;
  /** `leadline oneuptime ARGS`, with the project's key. */
  leadline(args: string, options?: RunOptions): Promise<CommandRun>;
  /** `leadline oneuptime apply --json` */
  apply(options?: RunOptions): Promise<CommandRun>;
  rows(table: string): StoredRow[];
  /** Of dashboards and monitors. */
  names(): string[];
  /** Requests that would change something. */
  writes(): number;
}

/** A OneUptime project that is fresh for each test. */
export function useOneUptime(): OneUptimeProject {
  let standIn: OneUptimeStandIn;
  beforeEach(async () => {
    standIn = await startOneUptimeStandIn();
  });
  afterEach(() => standIn.stop());
  const self: OneUptimeProject = {
    get standIn() {
      return standIn;
    },
    leadline(args, options = {}) {
      const environment = {
        ONEUPTIME_API_KEY: standIn.apiKey,
        ONEUPTIME_ENDPOINT: standIn.endpoint,
        ...options.environment,
      };
      return runLeadline(['oneuptime', ...args.split(' ')], { ...options, environment });
    },
    apply: (options) => self.leadline('apply --json', options),
    rows: (table) => standIn.tables[table] ?? [],
    names: () =>
      [...self.rows('dashboard'), ...self.rows('monitor')].map(({ name }) => String(name)),
    writes: () =>
      standIn.requests.filter(
        ({ method, path }) =>
          method === 'PUT' || method === 'DELETE' || /^\/api\/(monitor|dashboard)$/.test(path),
      ).length,
  };
  return self;
}

/** What was done with each record. */
export function actionsOf({ json }: CommandRun): string[] {
  return json.applied.map(({ action }: { action: string }) => action);
}
