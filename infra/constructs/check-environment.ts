import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Hold a token, or a URL that is one. In CDK they come from parameters and secrets only. */
const SECRETS: Record<string, string> = {
  ONEUPTIME_TOKEN: 'oneuptimeTokenParameter or oneuptimeTokenSecret',
  HEALTH_TOKEN: 'healthTokenParameter',
  HEARTBEAT_URL: 'heartbeatUrlParameter',
};

/** Of all variables, names included, as Lambda measures them: as JSON, with what that escapes. */
const LIMIT_BYTES = 4 * 1024;

const HEADERS = /^OTEL_EXPORTER_OTLP_.*HEADERS$/;

/**
 * @throws Error for a token in plain text: everybody who may look at the function or at the
 * template would read it.
 */
export function refusePlainTokens(environment: Record<string, string>): void {
  for (const [variable, instead] of Object.entries(SECRETS)) {
    if (variable in environment) {
      throw new Error(
        `${variable} is in environment, in plain text. Put it into an SSM SecureString or a secret and set ${instead} to it.`,
      );
    }
  }
  for (const [variable, value] of Object.entries(environment)) {
    if (HEADERS.test(variable) && /x-oneuptime-token/i.test(value)) {
      throw new Error(
        `${variable} holds x-oneuptime-token, in plain text. Leave the header out, and set ${SECRETS['ONEUPTIME_TOKEN']} to where the token is: it is sent by itself.`,
      );
    }
  }
}

/** How another OTLP backend is told who sends: there is no other way, so it is no error. */
export function warnOfHeaders(scope: Construct, environment: Record<string, string>): void {
  const headers = Object.keys(environment).find((name) => HEADERS.test(name));
  if (headers === undefined) return;
  Annotations.of(scope).addWarningV2(
    'leadline:plain-headers',
    `${headers} is in environment, in plain text, and headers hold tokens more often than not. Everybody who may look at the function reads it.`,
  );
}

/** @throws Error for more than Lambda takes. */
export function checkEnvironmentSize(
  functionName: string,
  variables: Record<string, string>,
): void {
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes <= LIMIT_BYTES) return;
  const sizes = Object.entries(variables)
    .map(([name, value]) => ({ name, size: Buffer.byteLength(JSON.stringify(value)) }))
    .toSorted((a, b) => b.size - a.size);
  const largest = sizes.slice(0, 3).map(({ name, size }) => `${name} (${size})`);
  throw new Error(
    `The environment of ${functionName} would be ${bytes} bytes, and Lambda takes 4 KB in all. The largest are ${largest.join(', ')}. Put what is large into an SSM parameter, and its name into environment.`,
  );
}
