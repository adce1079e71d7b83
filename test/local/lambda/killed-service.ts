import { createLambdaService } from '../../../local/lambda/lambda-service.ts';
import { waitUntil } from './wait-until.ts';

// Run by stop.test.ts, which kills it: one instance frozen, one in mid-invocation.
const functions = ['idle', 'busy'].map((name) => ({
  functionName: name,
  bundle: name,
  environment: {},
  timeoutSeconds: 60,
}));
const service = createLambdaService({ functions, bundleDirectory: String(process.argv[2]) });
void service.invoke('busy', '{}');
await service.invoke('idle', '{}');
const pids = await waitUntil('idle and busy', () => {
  const views = ['idle', 'busy'].map((name) => service.instances(name)[0]);
  return views.map((view) => view?.state).join() === 'idle,busy' && views.map((view) => view?.pid);
});
process.stdout.write(`${JSON.stringify(pids)}\n`);
