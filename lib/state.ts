export type { TaskState, TaskStateOptions } from './state/create-task-state.ts';
export { createTaskState } from './state/create-task-state.ts';
export type { Revocation } from './state/revocations.ts';
export type { TaskRecord, TaskStatus } from './state/task-record.ts';
export type { WorkflowRecord, WorkflowStatus, WorkflowStep } from './state/workflow-records.ts';
