import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { endRecorded, recordProcess } from './process-record.ts';

export type DaemonSpec = {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  /** Records the process, so that a later start can end it if it outlives its parent. */
  pidFile: string;
  /** Ends the wait until it serves. */
  signal?: AbortSignal | undefined;
  /** Rejects while it does not serve yet. */
  probe(): Promise<void>;
  stopSignal?: NodeJS.Signals;
  options?: { uid?: number; gid?: number; cwd?: string; env?: NodeJS.ProcessEnv };
};

export type Daemon = {
  pid(): number | undefined;
  /** Ends it with a signal and does not restart it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it serves. A failed start leaves nothing running. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const READY_MS = 60_000;
const STOP_MS = 15_000;
const RESTARTS = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A server as a child process in its own process group, so that Ctrl-C reaches only us and we stop it in order. If it
 * ends by itself, it is restarted, up to five times in a row.
 */
export function createDaemon(spec: DaemonSpec, onEvent: (text: string) => void): Daemon {
  const { stopSignal = 'SIGTERM' } = spec;
  let child: ChildProcess | undefined;
  let wanted = false;
  let stopped = false;
  let restarts = 0;

  const launch = async (): Promise<void> => {
    await endRecorded(spec.pidFile);
    if (stopped) throw new Error(`${spec.name} was stopped while starting.`);
    spec.signal?.throwIfAborted();
    const log = openSync(spec.logFile, 'a');
    const started = spawn(spec.command, spec.args, { ...spec.options, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    child = started;
    let failure: Error | undefined;
    started.once('error', (error) => {
      failure = error;
    });
    started.once('exit', (code, signal) => {
      if (child === started) void onExit(signal ?? `code ${code}`);
    });
    if (started.pid) recordProcess(spec.pidFile, started.pid, stopSignal);
    const until = Date.now() + READY_MS;
    for (;;) {
      spec.signal?.throwIfAborted();
      if (failure) throw failure;
      if (hasEnded(started)) throw new Error(`${spec.name} ended while starting: ${tail(spec.logFile)}`);
      const ready = await spec.probe().then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (Date.now() > until)
        throw new Error(`${spec.name} did not serve within ${READY_MS} ms: ${tail(spec.logFile)}`);
      await pause(50);
    }
  };

  const onExit = async (how: string): Promise<void> => {
    if (!wanted) return;
    restarts++;
    if (restarts > RESTARTS) {
      onEvent(`ended with ${how} for the ${restarts}th time: not started again, see ${spec.logFile}`);
      return;
    }
    onEvent(`ended with ${how}: starting again`);
    await pause(100 * 2 ** restarts);
    if (!wanted) return;
    try {
      await launch();
      setTimeout(() => {
        restarts = 0;
      }, READY_MS).unref();
    } catch (error) {
      onEvent((error as Error).message);
    }
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = false;
    stopped = true;
    const running = child;
    if (!running || hasEnded(running)) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    const killer = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(killer);
    rmSync(spec.pidFile, { force: true });
  };

  return {
    pid: () => child?.pid,
    kill: end,
    async start() {
      stopped = false;
      try {
        await launch();
      } catch (error) {
        await end(stopSignal);
        throw error;
      }
      wanted = true;
    },
    stop: () => end(stopSignal),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' | ');
}
