import type { CommandContext } from '../command-context.ts';
import { tokenCredential } from '../oneuptime/api/credential.ts';
import { PATIENCE } from '../oneuptime/api/patience.ts';
import { RequestFailed } from '../oneuptime/api/request-failed.ts';
import { sendPatiently } from '../oneuptime/api/send-patiently.ts';
import { readAddress } from '../oneuptime/oneuptime-address.ts';
import { readToken } from '../oneuptime/read-token.ts';
import type { MonitoredStage } from '../project/monitored-stage.ts';
import { checkClock } from './check-clock.ts';
import type { Finding } from './finding.ts';

/** Whether OneUptime knows the token, and by the time of its answer whether our clock is right. */
export async function checkToken(
  context: CommandContext,
  stage: MonitoredStage,
): Promise<Finding[]> {
  const name = 'token';
  const { environment, patience = PATIENCE } = context;
  try {
    const { otlp } = readAddress(environment['ONEUPTIME_ENDPOINT'] || stage.endpoint);
    const { token, source } = await readToken(context, stage);
    const url = `${otlp}/v1/validate`;
    const credential = tokenCredential(token);
    const request = { method: 'GET', url, credential, repeatable: true } as const;
    const { headers } = await sendPatiently(request, patience);
    const text = `${source} is known to ${otlp}`;
    return [{ name, level: 'ok', text }, checkClock(headers.get('date') ?? undefined, Date.now())];
  } catch (error) {
    const { message } = error as Error;
    const refused = error instanceof RequestFailed;
    // A refusal tells the time as well.
    const clock = checkClock(refused ? error.date : undefined, Date.now());
    const advice = refused
      ? 'Put the token of this project there; "leadline oneuptime validate" says more.'
      : 'Make a telemetry ingestion key in OneUptime, and put it there.';
    const level = refused ? 'problem' : 'warning';
    return [{ name, level, text: message, advice }, clock];
  }
}
