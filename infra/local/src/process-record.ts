import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process as recorded on disk. Its number alone could belong to another process by the time it is read. */
export type ProcessRecord = { pid: number; startTime: string; stopSignal: NodeJS.Signals };

const SUFFIX = '.pid';
const STOP_MS = 15_000;

/** Records a process that must not outlive the one that started it. */
export function recordProcess(path: string, pid: number, stopSignal: NodeJS.Signals): void {
  writeFileSync(path, `${pid} ${startTimeOf(pid)} ${stopSignal}`);
}

/** The process of a record if it still runs, or null. */
export function findRecorded(path: string): ProcessRecord | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [pid, startTime = '', stopSignal = 'SIGTERM'] = text.split(' ');
  const record = { pid: Number(pid), startTime, stopSignal: stopSignal as NodeJS.Signals };
  return runs(record) ? record : null;
}

/** Ends the process of a record, by force after 15 s, and removes the record. @returns whether one was running */
export async function endRecorded(path: string): Promise<boolean> {
  const record = findRecorded(path);
  if (record) {
    send(record, record.stopSignal);
    const until = Date.now() + STOP_MS;
    while (runs(record)) {
      if (Date.now() > until) send(record, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  rmSync(path, { force: true });
  return record !== null;
}

/** Ends every process that an earlier start left running in a directory. @returns their names */
export async function endOrphanedProcesses(directory: string): Promise<string[]> {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  const ended = await Promise.all(names.map((name) => endRecorded(recordPath(directory, name))));
  return names.filter((_, index) => ended[index]);
}

export function recordPath(directory: string, name: string): string {
  return join(directory, `${name}${SUFFIX}`);
}

function runs({ pid, startTime }: ProcessRecord): boolean {
  return startTime !== '' && startTimeOf(pid) === startTime;
}

function send({ pid }: ProcessRecord, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)), in clock ticks since the boot. Empty if the process has ended. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? '' : (fields[18] ?? '');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
