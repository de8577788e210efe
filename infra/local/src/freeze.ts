import { readdirSync, readFileSync } from 'node:fs';

/**
 * Freezes a process and its children with SIGSTOP: connections stay open, and nothing is answered.
 *
 * @returns resumes them
 */
export function freeze(pid: number): () => void {
  process.kill(pid, 'SIGSTOP');
  // From here on it starts no new children.
  const pids = [pid, ...childrenOf(pid)];
  for (const child of pids) process.kill(child, 'SIGSTOP');
  return () => {
    for (const one of pids) goOn(one);
  };
}

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    // It had ended before the freeze, and its parent learns of it only now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): number[] {
  const known = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return known.map(Number).filter((one) => parentOf(one) === pid);
}

function parentOf(pid: number): number | null {
  try {
    // pid (name) state parent …: the name may contain spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch (error) {
    // It has ended since it was listed.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
