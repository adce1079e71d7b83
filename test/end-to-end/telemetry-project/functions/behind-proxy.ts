import { startExtensionProxy } from './extension-proxy.ts';

await startExtensionProxy(process.env['REGISTRATION'] ?? '');

const { handler: scripted } = await import('./scripted.ts');

/** `scripted`, with a registration that is refused, slow, late, or of another kind of instance. */
export const handler: typeof scripted = scripted;
