import { join } from 'node:path';

export const repository: string = join(import.meta.dirname, '../..');
