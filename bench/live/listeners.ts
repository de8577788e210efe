import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ListenersCommand, ListenersReport } from './listeners.process.ts';

export type ReceivedEvent = { index: number; changeId: string; atMs: number };

/** Idle connections, opened by another process. */
export type Listeners = {
  /** Events so far. `index` is that of the token. */
  events: ReceivedEvent[];
  /** Connections that were refused or have ended. */
  ended: number;
  stop(): void;
};

/** Resolves when every token is connected. @throws Error if one was refused */
export async function startListeners(command: ListenersCommand): Promise<Listeners> {
  const child = fork(fileURLToPath(new URL('listeners.process.ts', import.meta.url)));
  const listeners: Listeners = { events: [], ended: 0, stop: () => child.kill() };
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The process of the listeners ended.')));
    child.on('message', (report: ListenersReport) => {
      if (report.what === 'event') listeners.events.push(report);
      else if (report.what === 'open') resolve();
      else {
        listeners.ended += 1;
        reject(new Error(`Listener ${report.index} was ended with status ${report.status}.`));
      }
    });
    child.send(command);
  });
  return listeners;
}

/** How many files this process and its children may open: the soft limit, which is not raised here. */
export function openFileLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
