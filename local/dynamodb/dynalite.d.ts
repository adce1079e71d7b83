/** dynalite 4 comes without types: this is what is used of it. */
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
