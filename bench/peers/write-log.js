import { writeSync } from 'node:fs';

/** The log lines of Leadline, written by hand. `trace` gives the ids of the active span, if any. */
export function createLog(requestId, message, trace = () => undefined) {
  const labels = message && {
    'task.id': message.id,
    'task.name': message.task,
    'queue.name': 'default',
    'task.attempt': message.attempt,
  };
  return (text, attributes) => {
    const line = {
      timestamp: new Date().toISOString(),
      level: 'INFO',
      message: text,
      requestId,
      ...trace(),
      service: 'bench',
      ...labels,
      ...attributes,
    };
    writeSync(1, `${JSON.stringify(line)}\n`);
  };
}
