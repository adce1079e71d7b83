/** Hold a token, or a URL that is one. In CDK they come from parameters and secrets only. */
const SECRETS: Record<string, string> = {
  ONEUPTIME_TOKEN: 'oneuptimeTokenParameter or oneuptimeTokenSecretArn',
  HEALTH_TOKEN: 'healthTokenParameter',
  HEARTBEAT_URL: 'heartbeatUrlParameter',
};

/**
 * @throws Error for a token in plain text: everybody who may look at the function or at the
 * template would read it.
 */
export function refusePlainTokens(environment: Record<string, string>): void {
  for (const [variable, instead] of Object.entries(SECRETS)) {
    if (variable in environment) {
      throw new Error(
        `${variable} is in environment, in plain text. Put it into an SSM SecureString or a secret and set ${instead} to its name.`,
      );
    }
  }
}
