export { EnqueueFailed } from './errors/enqueue-failed.ts';
export { InvalidEnqueueOptions } from './errors/invalid-enqueue-options.ts';
export { InvalidMessage } from './errors/invalid-message.ts';
export type { PayloadIssue } from './errors/invalid-payload.ts';
export { InvalidPayload } from './errors/invalid-payload.ts';
export { InvalidSetting } from './errors/invalid-setting.ts';
export { InvalidTaskDefinition } from './errors/invalid-task-definition.ts';
export { LeadlineError } from './errors/leadline-error.ts';
export { MessageTooLarge } from './errors/message-too-large.ts';
export { NonRetryableError } from './errors/non-retryable-error.ts';
export { ResultTimeout } from './errors/result-timeout.ts';
export { RetryLater } from './errors/retry-later.ts';
export { StateUnavailable } from './errors/state-unavailable.ts';
export { TaskFailed } from './errors/task-failed.ts';
export { TaskRevoked } from './errors/task-revoked.ts';
export { TaskTimeout } from './errors/task-timeout.ts';
export { UnknownTask } from './errors/unknown-task.ts';
export type {
  RetryDecision,
  RetryPolicy,
  Task,
  TaskInput,
  TaskOptions,
  TaskPayload,
} from './task/define-task.ts';
export { defineTask } from './task/define-task.ts';
export type { RunTask, TaskImplementation } from './task/implement-task.ts';
export { implementTask } from './task/implement-task.ts';
export type {
  Lifecycle,
  LifecycleEmitter,
  LifecycleEventName,
  LifecycleEvents,
  LifecycleListener,
  TaskEvent,
} from './task/lifecycle.ts';
export { createLifecycle } from './task/lifecycle.ts';
export type { CronField, CronFields } from './task/parse-cron.ts';
export { parseCron } from './task/parse-cron.ts';
export type { Log, TaskContext } from './task/task-context.ts';
export type {
  DecodedMessage,
  TaskMessage,
  TraceFields,
  WorkflowPlace,
} from './task/task-message.ts';
export { decodeMessage, encodeMessage, MESSAGE_VERSION } from './task/task-message.ts';
export type { ImplementationRegistry, TaskRegistry } from './task/task-registry.ts';
export { createImplementationRegistry, createTaskRegistry } from './task/task-registry.ts';
export type { ScheduleIdentity, TaskScheduleEntry, TaskTiming } from './task/task-schedule.ts';
export { checkSchedules, scheduleName } from './task/task-schedule.ts';
export type { Chain, Group, Step, StepOptions, Workflow } from './task/workflow.ts';
export { chain, group, step } from './task/workflow.ts';
