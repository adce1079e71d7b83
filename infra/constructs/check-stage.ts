const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

/** @throws Error for a stage that cannot begin a physical name. */
export function checkStage(stage: string): void {
  if (STAGE.test(stage)) return;
  throw new Error(
    `stage is ${JSON.stringify(stage)}; use 1 to 16 of a-z, 0-9 and "-", a letter first, as -c stage=prod.`,
  );
}
