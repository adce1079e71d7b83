import type { GaugeName, GaugePoint } from './gauges.ts';
import type { FigureQueue } from './read-figures.ts';
import type { QueueReading } from './resolve-redrive.ts';

/** The gauges of what SQS said at that time. What could not be read has none: absent is not zero. */
export function toDepthPoints(readings: readonly QueueReading[], timeMs: number): GaugePoint[] {
  return readings.flatMap(({ name: queue, own, deadLetters }) => {
    const point = (gauge: GaugeName, value: number) => ({ gauge, queue, value, timeMs });
    return [
      ...('attributes' in own
        ? [
            point('queue.depth', own.attributes.visible),
            point('queue.in_flight', own.attributes.inFlight),
            point('queue.delayed', own.attributes.delayed),
          ]
        : []),
      ...(deadLetters !== undefined && 'attributes' in deadLetters
        ? [point('queue.dead_letters', deadLetters.attributes.visible)]
        : []),
    ];
  });
}

/** The same queues as CloudWatch is asked for them. One that could not be read passes for quiet. */
export function toFigureQueue({ own, ...queue }: QueueReading): FigureQueue {
  const { visible = 0, inFlight = 0, delayed = 0 } = 'attributes' in own ? own.attributes : {};
  return {
    ...queue,
    busy: visible + inFlight + delayed > 0,
    ...('attributes' in own && { visible }),
  };
}
