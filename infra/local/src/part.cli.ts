import { enableCompileCache } from 'node:module';
import { Argument, createCommand, printFailure, runCommand } from '@tintype/cli';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { COMPILE_CACHE } from './compile-cache.ts';

// Runs one part of the platform in this process, with the Node version of this checkout, not the machine's.
const command = createCommand('npm run');
const subgraph = () => new Argument('<subgraph>', 'whose part').choices(SUBGRAPHS);

command
  .command('gateway')
  .description('Starts the gateway.')
  .action(() => start('gateway/src/main.ts'));
command
  .command('subgraph')
  .description('Starts a subgraph.')
  .usage('-- <subgraph>')
  .addArgument(subgraph())
  .action((name) => start(`subgraphs/${name}/src/main.ts`));
command
  .command('workers')
  .description('Starts the workers of a subgraph.')
  .usage('-- <subgraph> [worker...]')
  .addArgument(subgraph())
  .argument('[worker...]', 'which workers, if not all of them')
  .action((name, only) => start(`subgraphs/${name}/src/worker.ts`, only));

await runCommand(command);

/** @param args for the entry point, which reads them from `process.argv` */
async function start(entry: string, args: readonly string[] = []): Promise<void> {
  process.argv.splice(2, process.argv.length, ...args);
  enableCompileCache(COMPILE_CACHE);
  try {
    await import(new URL(`../../../${entry}`, import.meta.url).href);
  } catch (error) {
    if (!isOperatorError(error)) throw error;
    printFailure(error);
    process.exit();
  }
}

/** Whether the operator can fix the error: a wrong setting, an unknown worker, or an address that is in use. */
function isOperatorError(error: unknown): boolean {
  const { name, syscall } = error as Partial<NodeJS.ErrnoException>;
  return name === 'ConfigError' || syscall === 'listen';
}
