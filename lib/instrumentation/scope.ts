/** The instrumentation scope of everything that Leadline emits. */
export const SCOPE_NAME = 'leadline';
/** The package's version; a test compares it with package.json. */
export const SCOPE_VERSION = '0.1.0';
