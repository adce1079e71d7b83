import type { OneUptimeApi } from './api/oneuptime-api.ts';
import type { Patience } from './api/patience.ts';
import { RequestFailed } from './api/request-failed.ts';
import { findRecords } from './find-records.ts';
import { isOurs, type Plan, type PlanStep } from './plan-changes.ts';
import type { WantedRecord } from './wanted-records.ts';

export interface Applied {
  action: 'created' | 'changed' | 'left';
  kind: WantedRecord['kind'];
  key: string;
  name: string;
  id: string;
}

export interface ApplyOptions {
  api: OneUptimeApi;
  label: string;
  patience: Patience;
  /** Told of each record when it is as it has to be. */
  onApplied: (applied: Applied) => void;
}

/**
 * Does what the plan says, one record after the other. What was done before a failure stays, and
 * the next plan finds it.
 *
 * @throws RequestFailed that names the record.
 */
export async function applyPlan({ steps }: Plan, options: ApplyOptions): Promise<void> {
  for (const step of steps) {
    const { kind, key, name } = step.wanted;
    const applied = await applyStep(step, options).catch((error: unknown) => {
      if (!(error instanceof RequestFailed)) throw error;
      throw new RequestFailed(`The ${kind} "${name}": ${error.message}`, error.status);
    });
    options.onApplied({ ...applied, kind, key, name });
  }
}

async function applyStep(
  step: PlanStep,
  options: ApplyOptions,
): Promise<Pick<Applied, 'action' | 'id'>> {
  const { wanted } = step;
  if (step.action === 'create') return { action: 'created', id: await createOnce(wanted, options) };
  if (step.action === 'leave') return { action: 'left', id: step.id };
  try {
    await options.api.update(wanted.kind, step.id, wanted.data);
    return { action: 'changed', id: step.id };
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.status !== 404) throw error;
    // Deleted by somebody since the plan was made.
    return { action: 'created', id: await createOnce(wanted, options) };
  }
}

/** A creation without an answer may have been done: it is looked up before it is tried again. */
async function createOnce(wanted: WantedRecord, options: ApplyOptions): Promise<string> {
  const { api, patience } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const data = { name: wanted.name, ...wanted.fixed, ...wanted.data };
      const id = await api.create(wanted.kind, data);
      if (id !== '') return id;
    } catch (error) {
      if (!(error instanceof RequestFailed) || !error.isUncertain) throw error;
      const id = await lookUp(wanted, options);
      if (id !== undefined) return id;
      if (attempt >= patience.attempts) throw error;
      await patience.wait(500 * 2 ** (attempt - 1));
      continue;
    }
    const id = await lookUp(wanted, options);
    if (id !== undefined) return id;
    throw new Error(`OneUptime created the ${wanted.kind} "${wanted.name}" and does not list it.`);
  }
}

async function lookUp(
  { kind, name }: WantedRecord,
  { api, label }: ApplyOptions,
): Promise<string | undefined> {
  const found = await findRecords(api);
  const own = found.find(
    (record) => record.kind === kind && record.name === name && isOurs(record, label),
  );
  return own?.id;
}
