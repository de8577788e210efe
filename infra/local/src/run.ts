import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type RunOptions = {
  uid?: number;
  gid?: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
  input?: string;
  /** Called with each line that the program prints. */
  onLine?: ((line: string) => void) | undefined;
};

/** Runs a program to its end. Resolves to its output. @throws Error with the end of its error stream */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { timeoutMs = 120_000, input, onLine, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs });
    let printed = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? `code ${code}`}: ${errors.trim()}`));
    });
    child.stdin.end(input ?? '');
  });
}
