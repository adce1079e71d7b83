/** dynalite 4 comes without types: these are of what is used of it. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** How long a table stays in CREATING, in ms. @default 500 */
    createTableMs?: number;
    /** @default 500 */
    updateTableMs?: number;
    /** @default 500 */
    deleteTableMs?: number;
  }

  /** DynamoDB in memory, as a server that does not listen yet. */
  function dynalite(options?: DynaliteOptions): Server;
  export = dynalite;
}

declare module 'dynalite/db/index.js' {
  interface DynaliteDb {
    /** The refusal of a write whose condition does not hold. */
    checkConditional(request: object, item: object | undefined): Error | null | undefined;
    validationError(message: string): Error;
  }

  const db: DynaliteDb;
  export = db;
}
