export { handler } from '../../../../functions/sample-queue-depth.ts';
