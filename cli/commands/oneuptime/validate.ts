import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { PATIENCE } from '../../oneuptime/api/patience.ts';
import { readAddress } from '../../oneuptime/oneuptime-address.ts';
import { readToken } from '../../oneuptime/read-token.ts';
import { validateToken } from '../../oneuptime/validate-token.ts';
import { loadProject } from '../../project/load-project.ts';
import { endpointOf } from './open-project.ts';

/** `leadline oneuptime validate`: code 1 where OneUptime did not take all of it. */
export async function validate(
  context: CommandContext,
  ending: Ending,
  { stage: stageName, json }: { stage: string; json?: boolean },
): Promise<void> {
  const { terminal, patience = PATIENCE } = context;
  const stage = await loadProject(context.directory, stageName);
  const { otlp } = readAddress(endpointOf(context, stage));
  const { token, source } = await readToken(context, stage);
  const validations = await validateToken(otlp, token, stage, patience);
  const valid = validations.every(({ ok }) => ok);
  if (!valid) ending.code = 1;
  if (json) {
    const answer = { endpoint: otlp, token: source, valid, answers: validations };
    return terminal.print(JSON.stringify(answer, undefined, 2));
  }
  terminal.print(`${otlp}, with the token of ${source}`);
  for (const { what, ok, status, answer } of validations) {
    const outcome = ok ? terminal.style('green', 'ok     ') : terminal.style('red', 'problem');
    terminal.print(`${outcome}  ${what.padEnd(7)}  ${status ?? '---'}  ${answer}`);
  }
  if (!valid) return;
  terminal.print(
    `It answers before it stores. Look for "leadline validate" of the service ${stage.serviceName} in Traces, Metrics and Logs.`,
  );
}
