import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

export type DaemonSpec = {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  /** Remembers the process, so that a later start can end one that outlived its parent. */
  pidFile: string;
  /** Rejects while it does not serve yet. */
  probe(): Promise<void>;
  stopSignal?: NodeJS.Signals;
  options?: { uid?: number; gid?: number; cwd?: string; env?: NodeJS.ProcessEnv };
};

export type Daemon = {
  pid(): number | undefined;
  /** Ends it with a signal and does not start it again. */
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

const READY_MS = 60_000;
const STOP_MS = 15_000;
const RESTARTS = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A server as a child in a process group of its own, so that Ctrl-C reaches us alone and we stop it in order. When it ends
 * by itself it is started again, up to five times in a row.
 */
export function createDaemon(spec: DaemonSpec, onEvent: (text: string) => void): Daemon {
  let child: ChildProcess | undefined;
  let wanted = false;
  let restarts = 0;

  const launch = async (): Promise<void> => {
    await endLeftover(spec);
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
    if (started.pid) writeFileSync(spec.pidFile, `${started.pid} ${startTimeOf(started.pid)}`);
    const until = Date.now() + READY_MS;
    for (;;) {
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
      await launch();
      wanted = true;
    },
    stop: () => end(spec.stopSignal ?? 'SIGTERM'),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Field 22 of /proc/<pid>/stat: with it a number that was given to another process is not mistaken for ours. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function endLeftover(spec: DaemonSpec): Promise<void> {
  let recorded: string;
  try {
    recorded = readFileSync(spec.pidFile, 'utf8');
  } catch {
    return;
  }
  const [pidText, startTime] = recorded.split(' ');
  const pid = Number(pidText);
  const isOurs = () => startTime !== '' && startTimeOf(pid) === startTime;
  if (isOurs()) process.kill(pid, spec.stopSignal ?? 'SIGTERM');
  for (const until = Date.now() + STOP_MS; isOurs(); await pause(50)) {
    if (Date.now() > until) process.kill(pid, 'SIGKILL');
  }
  rmSync(spec.pidFile, { force: true });
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' | ');
}
