import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFunctions } from '../../../cli/build/build-functions.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leadline-builtins-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a bundle of this source prints. In a process of its own, since vitest has loaded much. */
async function run(
  name: string,
  source: string,
  files: Record<string, string> = {},
  flags: string[] = [],
) {
  await mkdir(join(directory, 'functions'), { recursive: true });
  for (const [path, text] of Object.entries({ ...files, [`${name}.ts`]: source })) {
    await writeFile(join(directory, 'functions', path), text);
  }
  await buildFunctions({ projectDirectory: directory, functions: [name] });
  const bundle = join(directory, 'dist/functions', name, 'index.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, bundle]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('a bundle has everything of Node’s modules, whichever way it asks for them', async () => {
  const checks = await run(
    'forms',
    `
    import { createHash, randomUUID as uuid, webcrypto } from 'node:crypto';
    import crypto from 'crypto';
    import * as os from 'node:os';
    import zlib, { gunzipSync, constants } from 'node:zlib';
    import * as util from 'util';
    import { WebSocket } from 'node:http';
    import { Agent as SecureAgent } from 'node:https';
    import http2 from 'node:http2';
    import EventEmitter, { once } from 'node:events';
    import { Readable } from 'node:stream';
    import { setTimeout as pause } from 'node:timers/promises';
    import { DatabaseSync } from 'node:sqlite';
    import assert from 'node:assert/strict';
    import { required, laterRequired } from './required.cjs';
    import { names } from './names.ts';
    export * from 'node:path';

    class OwnAgent extends SecureAgent { own() { return this.options.keepAlive; } }
    const { request, Agent } = await import('http');
    const https = await import('node:https');
    const later = await import('node:crypto');
    const { default: childProcess, ...namesOfChildProcess } = await import('child_process');
    const name = 'dgram';
    const gone = process.getBuiltinModule('zlib').gzipSync;
    zlib.gzipSync = () => 'patched';
    const patched = process.getBuiltinModule('zlib').gzipSync() === 'patched';
    zlib.gzipSync = gone;
    await pause(1);
    console.log(JSON.stringify({
      named: createHash('md5').update('a').digest('hex') === '0cc175b9c0f1b6a831c399e269772661',
      renamed: uuid().length === 36,
      getter: webcrypto.subtle === globalThis.crypto.subtle,
      getterThatIsSlow: WebSocket === globalThis.WebSocket,
      default: crypto.createHash === createHash,
      namespace: os.EOL === '\\n' && os.cpus().length > 0 && Object.keys(os).includes('hostname'),
      namespaceOfGetters: new util.TextDecoder().encoding === 'utf-8' && util.types.isDate(new Date()),
      namespaceHasDefault: os.default.EOL === '\\n',
      mixed: String(gunzipSync(zlib.gzipSync('a'))) === 'a' && constants.Z_BEST_SPEED === 1,
      subclass: new OwnAgent({ keepAlive: true }).own() && new OwnAgent() instanceof SecureAgent,
      same: SecureAgent === https.Agent && https.default.Agent === https.Agent,
      constants: http2.constants.HTTP2_HEADER_STATUS === ':status',
      functionAsDefault: new EventEmitter() instanceof EventEmitter && typeof once === 'function',
      stream: Readable.from(['a']) instanceof EventEmitter,
      onlyWithScheme: typeof DatabaseSync === 'function',
      callableDefault: typeof assert === 'function' && typeof assert.equal === 'function',
      dynamic: typeof request === 'function' && new Agent().maxSockets === Infinity,
      dynamicNamed: later.createHash === createHash,
      dynamicDefault: childProcess.spawn === namesOfChildProcess.spawn,
      notInTheBundle: typeof (await import('node:' + name)).createSocket === 'function',
      patched,
      ...names,
      required,
      laterRequired: laterRequired(),
    }));`,
    {
      // Whose exports are inherited.
      'names.ts': `
        import { createHash as hash, webcrypto } from 'node:crypto';
        import { promises, readFileSync } from "fs";
        import { globalAgent } from 'node:http';
        import {
          EventEmitter,
          once,
        } from 'node:events';
        import { type InspectOptions, types } from 'util';
        import { env, exitCode } from 'node:process';
        import { default as url, fileURLToPath } from 'node:url';
        const options: InspectOptions = {};
        export const names = {
          namesOnly: hash('md5').update('a').digest('hex').length === 32 && types.isDate(new Date()),
          namesOfGetters: webcrypto === globalThis.crypto && typeof promises.readFile === 'function',
          namesOfAccessors: globalAgent.maxSockets === Infinity && options.depth === undefined,
          namesOfFunction: new EventEmitter() instanceof EventEmitter && typeof once === 'function',
          namesOfProcess: env === process.env && exitCode === undefined,
          namesAndDefault: url === process.getBuiltinModule('url') && fileURLToPath !== undefined,
          namesRead: readFileSync('/dev/null').length === 0,
        };`,
      'required.cjs': `
        const { gzipSync } = require('zlib');
        const fs = require('node:fs');
        const EventEmitter = require('events');
        exports.required = typeof gzipSync === 'function' && fs === process.getBuiltinModule('fs')
          && new EventEmitter().on !== undefined && fs.promises === require('fs/promises');
        const name = 'dns';
        exports.laterRequired = () => typeof require(name).lookup === 'function'
          && require.resolve('tls') === 'tls' && typeof require('tls').connect === 'function';`,
    },
  );
  const failed = Object.entries(checks).filter(([, passed]) => passed !== true);
  expect(failed).toEqual([]);
});

it('what is imported and not used is not loaded', async () => {
  const { loaded } = await run(
    'unused',
    `
    import * as http from 'node:http';
    import { connect } from 'node:http2';
    import { gzipSync } from 'node:zlib';
    export const handler = () => [connect, gzipSync];
    const { Agent } = await import('node:http');
    new Agent(); new http.Agent();
    const loaded = process.moduleLoadList.filter((each) => /(http2|zlib|undici\\/undici)$/.test(each));
    console.log(JSON.stringify({ loaded }));`,
  );
  expect(loaded).toEqual([]);
});

it('a module that Node does not have has no exports, and what imports it starts', async () => {
  const types = await run(
    'missing',
    `
    import { DatabaseSync } from 'node:sqlite';
    console.log(JSON.stringify({ DatabaseSync: typeof DatabaseSync }));`,
    {},
    ['--no-experimental-sqlite'],
  );
  expect(types).toEqual({ DatabaseSync: 'undefined' });
});

it('a comment before a module’s name hides no import of all of it', async () => {
  const { same } = await run(
    'comments',
    `
    import { readFileSync } from 'node:fs';
    import fs from /* all */ // of it
      'node:fs';
    import { gzipSync } from 'zlib';
    import * as zlib from/**/'zlib';
    const all = Object.values(zlib).includes(gzipSync) && Object.values(fs).includes(readFileSync);
    console.log(JSON.stringify({ same: all && fs === process.getBuiltinModule('fs') }));`,
  );
  expect(same).toBe(true);
});
