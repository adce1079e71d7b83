import type { Plugin } from 'esbuild';

/**
 * Leaves the AWS SDK the one credential provider that Lambda needs, its environment variables. The
 * default chain brings those of profiles, SSO, web identities and instance metadata along.
 */
export function lambdaCredentialsPlugin(): Plugin {
  return {
    name: 'lambda-credentials',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
        path: 'default-provider',
        namespace: 'lambda-credentials',
        pluginData: { resolveDir },
      }));
      build.onLoad({ filter: /.*/, namespace: 'lambda-credentials' }, ({ pluginData }) => ({
        contents:
          "import { fromEnv } from '@aws-sdk/credential-provider-env';" +
          'export const defaultProvider = () => fromEnv();',
        resolveDir: (pluginData as { resolveDir: string }).resolveDir,
      }));
    },
  };
}
