import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endOrphanedProcesses, removeServiceFiles, servicePathsOf } from '@tintype/local';
import { eventually } from '@tintype/testing';
import { afterEach, describe, expect, test } from 'vitest';

const TIMEOUT_MS = 400_000;
const program = (name: string) => {
  const folder = name === 'start' ? '../src' : '../../local/src';
  return fileURLToPath(new URL(`${folder}/${name}.cli.ts`, import.meta.url));
};

type Started = {
  child: ChildProcess;
  output(): string;
  /** Resolves when the process has printed this. @throws Error if it ends before */
  until(text: string): Promise<void>;
  exit: Promise<number | null>;
};

const directories: string[] = [];
const servers: Server[] = [];

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tintype-start-test-'));
  directories.push(directory);
  return directory;
}

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const directory of directories.splice(0)) {
    await endOrphanedProcesses(directory).catch(() => undefined);
    await removeServiceFiles(servicePathsOf(directory));
  }
});

function start(name: string, directory: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [program(name), '--data', directory, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TINTYPE_SEED: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    child,
    exit,
    output: () => output,
    until: async (text) => {
      while (!output.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without "${text}":\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Processes with the directory, the folder of its sockets or the one of Postgres in their command line. */
function processesOf(directory: string): string[] {
  const { data, run, postgres } = servicePathsOf(directory);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        // The process ended after the folder was read.
        return [];
      }
    })
    .filter((line) => [data, run, postgres].some((path) => line.includes(path)));
}

describe('a wrong setting', () => {
  test.each([
    [{ PORT: '70000' }, 'PORT: must be a whole number from 0 to 65535'],
    [{ PORT: 'many' }, 'PORT: must be a whole number'],
    [{ TRUST_PROXY: 'true', NODE_ENV: 'production' }, 'TRUST_PROXY: must be networks'],
    [{ HEALTH_LISTEN: 'unix:health' }, 'HEALTH_LISTEN: must be host:port or unix:/path'],
  ])('%j is reported before anything is started', async (env, sentence) => {
    const directory = makeDirectory();
    const refused = start('start', directory, ['--distributed'], env);
    expect(await refused.exit).toBe(1);
    expect(refused.output()).toContain(sentence);
    expect(refused.output()).not.toMatch(/starting|^ +at /m);
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([
    [['gateway'], { TRUST_PROXY: 'true' }, 'TRUST_PROXY: must be networks'],
    [['subgraph', 'post'], { SUBGRAPH_LISTEN: '127.0.0.1:99999' }, 'SUBGRAPH_LISTEN: must be host:port'],
    [['workers', 'post'], {}, 'DATABASE_URL: is needed'],
  ])('%j with %j is refused in sentences, without a stack', (part, env, sentence) => {
    const { status, stderr } = spawnSync(process.execPath, [program('part'), ...part], {
      cwd: makeDirectory(),
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('a start', () => {
  test.each(['starting', 'waiting for the object store', 'migrations applied'])(
    'that is stopped as soon as it says "%s" leaves no process, and the next one works',
    async (moment) => {
      const directory = makeDirectory();
      const stopped = start('start', directory);
      await stopped.until(moment);
      stopped.child.kill('SIGINT');
      expect(await stopped.exit, stopped.output()).toBe(0);
      expect(processesOf(directory)).toEqual([]);
      const services = start('services', directory, ['--json', join(directory, 'addresses.json')]);
      await services.until('S3: ready');
      // npm passes on a signal that the whole process group has already received.
      services.child.kill('SIGTERM');
      await sleep(20);
      services.child.kill('SIGTERM');
      expect(await services.exit).toBe(0);
      expect(processesOf(directory)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'finds and ends what a killed one left running, even in other processes, and has the same addresses',
    async () => {
      const directory = makeDirectory();
      const killed = start('start', directory, ['--distributed']);
      await killed.until('Tintype is ready');
      killed.child.kill('SIGKILL');
      await killed.exit;
      const ports = readFileSync(join(directory, 'ports.json'), 'utf8');
      expect(processesOf(directory).length).toBeGreaterThan(3);

      const again = start('start', directory);
      await again.until('Tintype is ready');
      expect(again.output()).toMatch(/ended .*ceph-mon.*gateway.*post-media.*postgres/);
      expect(readFileSync(join(directory, 'ports.json'), 'utf8')).toBe(ports);
      again.child.kill('SIGKILL');
      await again.exit;

      const reset = start('reset', directory);
      expect(await reset.exit, reset.output()).toBe(0);
      expect(processesOf(directory)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'reports that its port is in use, chooses another one, and uses that again the next time',
    async () => {
      const directory = makeDirectory();
      const taken = createServer().listen(4000, '127.0.0.1');
      servers.push(taken);
      // If another process has it, the test works as well.
      await new Promise((resolve) => taken.once('listening', resolve).once('error', resolve));

      const refused = start('start', directory, [], { PORT: '4000' });
      expect(await refused.exit).toBe(1);
      expect(refused.output()).toContain('Port 4000, which PORT names, is in use by another program.');

      const addresses: (string | undefined)[] = [];
      for (let round = 0; round < 2; round++) {
        const started = start('start', directory, [], { NODE_ENV: 'production' });
        await started.until('Ctrl-C stops everything');
        expect(started.output()).toContain('port 4000 is in use by another program');
        expect(started.output()).not.toContain('GraphiQL');
        addresses.push(/GraphQL +(\S+)/.exec(started.output())?.[1]);
        started.child.kill('SIGTERM');
        expect(await started.exit).toBe(0);
      }
      expect(addresses[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
      expect(addresses[1]).toBe(addresses[0]);
      await eventually(async () => expect(processesOf(directory)).toEqual([]));
    },
    TIMEOUT_MS,
  );
});
