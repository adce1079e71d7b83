import type { TaskState } from '../state/create-task-state.ts';
import type { Log } from '../task/task-context.ts';
import { type AttemptRecord, createAttemptRecord } from './attempt-record.ts';
import type { MessageFacts } from './message-facts.ts';
import type { AttemptReport } from './report-attempt.ts';
import { createRevocationWatch, type RevocationWatch } from './revocation-watch.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** What an invocation does with task state. This module is loaded only where there is some. */
export interface TaskRecorder {
  readonly state: TaskState;
  record(
    facts: MessageFacts,
    report: AttemptReport,
    environment: Pick<WorkerEnvironment, 'deadline' | 'requestId'>,
  ): AttemptRecord;
  readonly revocations: RevocationWatch;
}

export function createTaskRecorder(state: TaskState, log: Log): TaskRecorder {
  return {
    state,
    record: (facts, report, environment) => createAttemptRecord(facts, report, state, environment),
    revocations: createRevocationWatch(state, log),
  };
}
