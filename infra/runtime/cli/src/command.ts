import { debuglog } from 'node:util';
import { Command } from '@commander-js/extra-typings';

/** The exit code of a command that was called in the wrong way. */
const USAGE_ERROR = 2;

/**
 * A command with `--help`. If it is called with unknown options or missing arguments, it prints the reason and its
 * usage to stderr, and the process exits with code 2.
 *
 * @param name how people call it, such as `npm run events --`
 */
export function createCommand(name: string): Command {
  return new Command(name)
    .helpCommand(false)
    .showHelpAfterError()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_ERROR));
}

const debug = debuglog('tintype');

/**
 * Prints an error as one message for people, and its stack only with NODE_DEBUG=tintype. The process will exit with
 * code 1.
 */
export function printFailure(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  debug('%O', error);
  process.exitCode = 1;
}

/** Runs the action of a command with the arguments of this process. A failure is printed, see `printFailure`. */
export async function runCommand(command: { parseAsync(): Promise<unknown> }): Promise<void> {
  try {
    await command.parseAsync();
  } catch (error) {
    printFailure(error);
  }
}
