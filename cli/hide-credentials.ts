/** An address that can be printed: without a name and a password before its host, and a query. */
export function hideCredentials(address: string): string {
  return address.replace(/^(\w+:\/\/)?.*@/s, '$1***@').replace(/[?#].*$/s, '?***');
}
