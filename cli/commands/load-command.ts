/**
 * Loads what a command does when it is called: it stands on clients of AWS, which are optional peers,
 * and `leadline build` has to run without them.
 */
export async function loadCommand<Module>(load: () => Promise<Module>): Promise<Module> {
  return load().catch((error: Error & { code?: string }) => {
    const missing = /'(@aws-sdk\/client-[a-z]+)'/.exec(error.message)?.[1];
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || missing === undefined) throw error;
    throw new Error(`This command needs ${missing}: npm install --save-dev ${missing}`);
  });
}
