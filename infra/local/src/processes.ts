import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';
import { recordPath, recordProcess } from './process-record.ts';

/** A process of the platform: its entry point, arguments and name. */
export type ProcessSpec = {
  name: string;
  entry: string;
  args?: readonly string[];
  env: Readonly<Record<string, string>>;
};

export type Supervised = {
  /** The id of the current process, which a restart changes. */
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Ends it with SIGTERM and starts it again at once. Resolves when the new process is started, before it serves. */
  restart(): Promise<void>;
};

export type Supervisor = {
  processes: ReadonlyMap<string, Supervised>;
  /** SIGTERM to all, then SIGKILL to those that are left after the drain. */
  stop(): Promise<void>;
};

const ROOT = new URL('../../../', import.meta.url);
const FIRST_DELAY_MS = 200;
const LAST_DELAY_MS = 5000;
/** After this long without an exit, the delay starts again. */
const STABLE_MS = 30_000;
const DRAIN_MS = 28_000;

/**
 * Runs processes and restarts those that end by themselves, with growing delays.
 *
 * @param onLine called with each line that a process prints
 * @param recordDirectory where processes are recorded, so that a later start can end those that outlive this one
 */
export function superviseProcesses(
  specs: readonly ProcessSpec[],
  env: NodeJS.ProcessEnv,
  onLine: (name: string, line: string) => void,
  recordDirectory?: string,
): Supervisor {
  const kept = specs.map((spec) => superviseOne(spec, env, onLine, recordDirectory));
  return {
    processes: new Map(kept.map((one) => [one.name, one])),
    async stop() {
      await Promise.all(kept.map((one) => one.stop()));
    },
  };
}

function superviseOne(
  spec: ProcessSpec,
  env: NodeJS.ProcessEnv,
  onLine: (name: string, line: string) => void,
  recordDirectory: string | undefined,
) {
  const record = recordDirectory && recordPath(recordDirectory, spec.name);
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let delay = FIRST_DELAY_MS;
  let isRestarting = false;

  const start = () => {
    const startedAt = Date.now();
    const entry = fileURLToPath(new URL(spec.entry, ROOT));
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...(spec.args ?? [])], {
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C reaches only the supervisor, which then stops the processes in order.
      detached: true,
    });
    if (record && child.pid) recordProcess(record, child.pid, 'SIGTERM');
    for (const stream of [child.stdout!, child.stderr!]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        for (const line of lines) onLine(spec.name, line);
      });
    }
    child.once('exit', (code, signal) => {
      if (stopping || isRestarting) return;
      delay = Date.now() - startedAt > STABLE_MS ? FIRST_DELAY_MS : Math.min(delay * 2, LAST_DELAY_MS);
      onLine(spec.name, `ended with ${signal ?? `code ${code}`}: starting again in ${delay} ms`);
      timer = setTimeout(start, delay);
    });
  };
  start();

  const end = async () => {
    clearTimeout(timer);
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    const killer = setTimeout(() => running.kill('SIGKILL'), DRAIN_MS);
    await ended;
    clearTimeout(killer);
  };

  return {
    name: spec.name,
    pid: () => child?.pid,
    kill: (signal: NodeJS.Signals) => void child?.kill(signal),
    async restart() {
      isRestarting = true;
      await end();
      isRestarting = false;
      if (!stopping) start();
    },
    async stop() {
      stopping = true;
      await end();
      if (record) rmSync(record, { force: true });
    },
  };
}
