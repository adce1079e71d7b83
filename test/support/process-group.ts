import { readdirSync, readFileSync } from 'node:fs';

/** What is alive of the processes that were started from a group leader, as `pid command`. */
export function processGroup(leader: number): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // `pid (command) state ppid pgrp session …`; a command may hold any character.
      const [, command, rest = ''] = /\((.*)\) (.*)$/s.exec(stat) ?? [];
      const [state, , group, session] = rest.split(' ');
      const isOurs = Number(group) === leader || Number(session) === leader;
      return isOurs && state !== 'Z' ? [`${pid} ${command}`] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
