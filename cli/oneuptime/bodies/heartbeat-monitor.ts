import type { ProjectIds } from '../project-ids.ts';
import { describeAlarmCriteria, describeHealthyCriteria } from './criteria.ts';
import { describeMonitorSteps } from './monitor-steps.ts';

/** The depth function runs once a minute. */
const MINUTES = 10;

/** `monitorSteps` of the monitor that waits for the depth function's heartbeat. */
export function describeHeartbeatSteps(path: readonly string[], ids: ProjectIds): object {
  const filters = (filterType: string) => [
    { checkOn: 'Incoming Request', filterType, value: MINUTES },
  ];
  const common = { path, ids, condition: 'All' } as const;
  return describeMonitorSteps(path, ids, {}, [
    describeAlarmCriteria({
      ...common,
      name: 'Heartbeat: missing',
      description: `No heartbeat for ${MINUTES} minutes.`,
      // "Recieved" is OneUptime's spelling; it knows no other.
      filters: filters('Not Recieved In Minutes'),
      alarm: {
        as: 'incident',
        urgency: 'high',
        title: 'The queues are not measured',
        description: `sample-queue-depth has not reported for ${MINUTES} minutes: no other monitor of the queues can fire.`,
      },
    }),
    describeHealthyCriteria({
      ...common,
      name: 'Heartbeat: well',
      description: `A heartbeat within ${MINUTES} minutes.`,
      filters: filters('Recieved In Minutes'),
    }),
  ]);
}
