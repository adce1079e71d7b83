export function missingFrom(root: string): string | undefined;
export function nodeOf(root: string): string | undefined;
