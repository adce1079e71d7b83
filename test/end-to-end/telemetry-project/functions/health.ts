export { handler } from '../../../../functions/health.ts';
