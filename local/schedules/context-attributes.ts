/** What EventBridge Scheduler knows of one run. */
export interface ScheduleRun {
  /** Of the schedule. */
  arn: string;
  /** The time that the run was due, however late it is. */
  due: Date;
  executionId: string;
}

/**
 * The input with its context attributes filled in.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function fillContextAttributes(
  input: string,
  { arn, due, executionId }: ScheduleRun,
): string {
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': `${due.toISOString().slice(0, 19)}Z`,
    'execution-id': executionId,
    // Nothing is tried again here.
    'attempt-number': '1',
  };
  return input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (text, name: string) => values[name] ?? text,
  );
}
