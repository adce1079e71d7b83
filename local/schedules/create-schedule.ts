import { isLocalTarget } from './run-target.ts';
import type { ScheduleRunner } from './schedule-runner.ts';
import { SchedulerRefusal } from './scheduler-refusal.ts';
import { type LocalSchedule, scheduleArn } from './start-schedules.ts';

/** What CreateSchedule is sent, as far as it is looked at. */
export interface ScheduleRequest extends Readonly<Record<string, unknown>> {
  readonly GroupName?: string;
  readonly ClientToken?: string;
  readonly ScheduleExpression?: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly ActionAfterCompletion?: string;
  readonly State?: string;
  readonly FlexibleTimeWindow?: { readonly Mode?: string };
  readonly Target?: { readonly Arn?: string; readonly RoleArn?: string; readonly Input?: string };
}

export interface SchedulerPlace {
  runner: ScheduleRunner<LocalSchedule>;
  /** `default` among them. */
  groups: readonly string[];
  account: { region: string; accountId: string };
  now: () => number;
}

const MAX_INPUT_BYTES = 256 * 1024;

/** CreateSchedule. @returns the ARN of the schedule. @throws SchedulerRefusal */
export function createSchedule(
  name: string,
  request: ScheduleRequest,
  { runner, groups, account, now }: SchedulerPlace,
): string {
  const { GroupName: group = 'default', ScheduleExpression: expression = '' } = request;
  checkRequest(name, request);
  if (!groups.includes(group)) {
    throw new SchedulerRefusal(
      404,
      'ResourceNotFoundException',
      `Schedule group ${group} does not exist.`,
    );
  }
  const arn = scheduleArn(group, name, account);
  const existing = runner.get(arn);
  if (existing !== undefined) {
    const { ClientToken: token } = request;
    if (token !== undefined && existing.request?.['ClientToken'] === token) return arn;
    throw new SchedulerRefusal(409, 'ConflictException', `Schedule ${name} already exists.`);
  }
  const { Target, ScheduleExpressionTimezone: timezone } = request;
  try {
    runner.add({
      arn,
      name,
      group,
      expression,
      ...(timezone !== undefined && { timezone }),
      targetArn: Target?.Arn ?? '',
      input: Target?.Input ?? '{}',
      deleteAfterCompletion: request.ActionAfterCompletion === 'DELETE',
      createdAt: new Date(now()),
      request,
    });
  } catch (error) {
    throw invalid((error as Error).message);
  }
  if (expression.startsWith('at(') && !runner.isDue(arn)) {
    runner.remove(arn);
    throw invalid(`Invalid Schedule Expression ${expression}: it is over.`);
  }
  return arn;
}

function checkRequest(name: string, request: ScheduleRequest): void {
  const { ScheduleExpression = '', FlexibleTimeWindow, Target, State } = request;
  if (!/^[\w.-]{1,64}$/.test(name)) throw invalid(`Name ${name} does not match [0-9a-zA-Z-_.]+.`);
  if (FlexibleTimeWindow?.Mode !== 'OFF') throw invalid('Only FlexibleTimeWindow OFF is run here.');
  if (State === 'DISABLED') throw invalid('A disabled schedule is not served here.');
  if (/second/.test(ScheduleExpression)) {
    throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`);
  }
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(Target?.RoleArn ?? '')) {
    throw invalid(`RoleArn ${Target?.RoleArn} is no ARN of a role.`);
  }
  if (!isLocalTarget(Target?.Arn ?? '')) throw invalid(`Target ${Target?.Arn} is not run here.`);
  if (Buffer.byteLength(Target?.Input ?? '') > MAX_INPUT_BYTES) {
    throw invalid('Input is over 256 KB.');
  }
}

function invalid(message: string): SchedulerRefusal {
  return new SchedulerRefusal(400, 'ValidationException', message);
}
