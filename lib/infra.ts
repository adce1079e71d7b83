export type { OneTimeSchedulesProps } from '../infra/constructs/one-time-schedules.ts';
export { OneTimeSchedules } from '../infra/constructs/one-time-schedules.ts';
export type { QueueAlarmsProps, QueueAlarmThresholds } from '../infra/constructs/queue-alarms.ts';
export { QueueAlarms } from '../infra/constructs/queue-alarms.ts';
export type { QueueDepthScheduleProps } from '../infra/constructs/queue-depth-schedule.ts';
export { QueueDepthSchedule } from '../infra/constructs/queue-depth-schedule.ts';
export type { TaskApiProps } from '../infra/constructs/task-api.ts';
export { TaskApi } from '../infra/constructs/task-api.ts';
export type { TaskApiAuth, TaskApiJwtAuth } from '../infra/constructs/task-api-auth.ts';
export type { TaskDashboardProps } from '../infra/constructs/task-dashboard.ts';
export { TaskDashboard } from '../infra/constructs/task-dashboard.ts';
export type { TaskFunctionOptions, TaskFunctionProps } from '../infra/constructs/task-function.ts';
export { TaskFunction } from '../infra/constructs/task-function.ts';
export type { ITaskQueue, TaskQueueProps } from '../infra/constructs/task-queue.ts';
export { TaskQueue } from '../infra/constructs/task-queue.ts';
export { TaskQueues } from '../infra/constructs/task-queues.ts';
export type {
  OneUptimeSettings,
  QueueAlarmSettings,
  QueueDepthSettings,
  TaskApiSettings,
  TaskQueueSettings,
  TaskQueuesProps,
} from '../infra/constructs/task-queues-props.ts';
export type { TaskScheduleProps } from '../infra/constructs/task-schedule.ts';
export { TaskSchedule } from '../infra/constructs/task-schedule.ts';
export type { TaskTableProps } from '../infra/constructs/task-table.ts';
export { TaskTable } from '../infra/constructs/task-table.ts';
export type { TaskWorkerProps } from '../infra/constructs/task-worker.ts';
export { TaskWorker } from '../infra/constructs/task-worker.ts';
