import { expect, it } from 'vitest';
import { runProcessOrder } from '../../functions/tasks/process-order.run.ts';
import { startTelemetry } from '../../lib/telemetry.ts';
import { runTask } from '../../lib/testing.ts';

it('runTask says that it cannot record where OpenTelemetry is set up already', async () => {
  await startTelemetry({ environment: { ONEUPTIME_TOKEN: 'x' } });
  await expect(runTask(runProcessOrder, { order_id: 'o-1' })).rejects.toThrow(
    'set up in this process already',
  );
});
