import type { ProjectIds } from '../project-ids.ts';
import { recordId } from '../record-id.ts';

/** The steps of a monitor: one, since OneUptime evaluates the first alone. */
export function describeMonitorSteps(
  path: readonly string[],
  ids: ProjectIds,
  /** What is watched, as `{ metricMonitor: … }`. */
  watched: object,
  criteria: readonly object[],
): object {
  return {
    _type: 'MonitorSteps',
    value: {
      defaultMonitorStatusId: ids.operationalStatus,
      monitorStepsInstanceArray: [
        {
          _type: 'MonitorStep',
          value: {
            id: recordId(...path, 'step'),
            ...watched,
            monitorCriteria: {
              _type: 'MonitorCriteria',
              value: { monitorCriteriaInstanceArray: criteria },
            },
          },
        },
      ],
    },
  };
}
