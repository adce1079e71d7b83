#!/usr/bin/env node
// node scripts/install-then.mjs SCRIPT [args]
//
// Installs what is missing, then runs SCRIPT (a path from the repository's root) with the Node that
// package.json names. Every npm script goes through here, so that a fresh clone on a host with
// another Node needs one command. Plain JavaScript without dependencies, for the same reason.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endLike, untilEnded } from './child-process.mjs';
import { missingFrom, nodeOf } from './installation.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);

if (script === undefined) fail('Usage: node scripts/install-then.mjs SCRIPT [args]');

const reason = missingFrom(root);
if (reason !== undefined) await install(reason);

const run = () =>
  spawn(nodeOf(root), [resolve(root, script), ...args], { cwd: root, stdio: 'inherit' });
endLike(await untilEnded(run));

async function install(why) {
  console.error(`Installing the packages of package-lock.json (${why}).`);
  // So that this installation, too, can be told from a finished one when it is interrupted.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });

  const [command, ...first] = npm();
  const flags = [
    'ci',
    // The tools are devDependencies, whatever NODE_ENV says.
    '--include=dev',
    // The host's Node may be older than what a package asks for: scripts run on the installed one.
    '--engine-strict=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  // A group of its own, since npm leaves the processes of install scripts behind when it is ended.
  const ending = await untilEnded(
    () => spawn(command, [...first, ...flags], { cwd: root, stdio: 'inherit', detached: true }),
    { group: true },
  ).catch((error) => fail(`npm could not be started: ${error.message}`));

  if (ending.asked) endLike({ code: null, signal: ending.asked });
  if (ending.signal !== null || ending.code !== 0) {
    fail('The installation failed: see above. Nothing was run.', ending.code ?? 1);
  }
  const still = missingFrom(root);
  if (still !== undefined) {
    fail(`npm ci ended well, yet ${still}. Are install scripts switched off (ignore-scripts)?`);
  }
}

/** The npm that called us, on its own Node: ours may lie in the node_modules that npm ci removes. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli && node && /npm-cli\.[cm]?js$/.test(cli)) return [node, cli];
  return ['npm'];
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}
