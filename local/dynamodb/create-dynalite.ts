import type { Server } from 'node:http';

/** dynalite, in memory; nothing of it is loaded before. */
export async function createDynalite(): Promise<Server> {
  const { default: dynalite } = await import('dynalite');
  guarded ??= guardConditions();
  await guarded;
  return dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
}

let guarded: Promise<void> | undefined;

/**
 * At some conditions over attributes that are not there, as `a IN (b)`, dynalite throws in a
 * callback, where it would end this process. 40,000 random updates found no other such place.
 */
async function guardConditions(): Promise<void> {
  const { default: db } = await import('dynalite/db/index.js');
  const { checkConditional } = db;
  db.checkConditional = (request, item) => {
    try {
      return checkConditional(request, item);
    } catch (error) {
      const { message } = error as Error;
      return db.validationError(
        `dynalite, the local DynamoDB, cannot evaluate the condition (${message}). Compare attributes with values, or test attribute_exists first.`,
      );
    }
  };
}
