import type { ProjectIds } from '../project-ids.ts';
import { describeAlarmCriteria, describeHealthyCriteria } from './criteria.ts';
import { describeMonitorSteps } from './monitor-steps.ts';

const WINDOW_SECONDS = 300;
/** A retry that succeeds has left an exception too. */
const EXCEPTIONS = 10;

/** `monitorSteps` of the monitor that counts the exceptions of the service. */
export function describeExceptionsSteps(path: readonly string[], ids: ProjectIds): object {
  const exceptionMonitor = {
    telemetryServiceIds: ids.service === undefined ? [] : [ids.service],
    entityKeys: [],
    exceptionTypes: [],
    message: '',
    includeResolved: false,
    includeArchived: false,
    lastXSecondsOfExceptions: WINDOW_SECONDS,
  };
  const filters = (filterType: string) => [
    { checkOn: 'Exception Count', filterType, value: EXCEPTIONS },
  ];
  const common = { path, ids, condition: 'Any' } as const;
  return describeMonitorSteps(path, ids, { exceptionMonitor }, [
    describeAlarmCriteria({
      ...common,
      name: 'Exceptions: over',
      description: `Over ${EXCEPTIONS} exceptions in 5 minutes.`,
      filters: filters('Greater Than'),
      alarm: {
        as: 'alert',
        urgency: 'low',
        title: 'Tasks throw exceptions',
        description: `Over ${EXCEPTIONS} in 5 minutes. The exceptions page has them by type, with stacks.`,
      },
    }),
    describeHealthyCriteria({
      ...common,
      name: 'Exceptions: well',
      description: `At most ${EXCEPTIONS} in 5 minutes.`,
      filters: filters('Less Than Or Equal To'),
    }),
  ]);
}
