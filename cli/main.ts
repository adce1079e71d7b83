#!/usr/bin/env node
import { runCommand } from './run-command.ts';
import { openTerminal } from './terminal.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal: openTerminal(process),
  environment: process.env,
  directory: process.cwd(),
});
