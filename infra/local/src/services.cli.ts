import { writeFileSync } from 'node:fs';
import { createCommand, createProgress, runCommand } from '@tintype/cli';
import { onEndAsked, readEnvironment } from '@tintype/service';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory } from './paths.ts';
import { startServices } from './services.ts';

await runCommand(
  createCommand('npm run services --')
    .description('Starts the stores alone, until Ctrl-C, and prints their addresses.')
    .option('--data <directory>', 'store everything there, apart from the platform of this checkout')
    .option('--json <file>', 'write the addresses to this file, for tests (TINTYPE_TEST_SERVICES)')
    .action(serve),
);

async function serve({ data = checkoutDataDirectory(), json }: { data?: string; json?: string }): Promise<void> {
  const unlock = lockDataDirectory(data);
  const starting = new AbortController();
  const progress = createProgress(process.stderr);
  const started = startServices({
    dataDirectory: data,
    env: readEnvironment(),
    report: (service, text) => progress.log(`${service}: ${text}`),
    progress,
    signal: starting.signal,
  });
  const stop = async () => {
    starting.abort();
    const services = await started.catch(() => null);
    await services?.stop();
    unlock();
  };
  onEndAsked(
    () => void stop(),
    () => console.error('still stopping'),
  );
  try {
    const services = await started;
    for (const [name, value] of Object.entries(services.env)) console.log(`export ${name}=${value}`);
    if (json) writeFileSync(json, JSON.stringify(services.env, null, 2));
  } catch (error) {
    unlock();
    if (!starting.signal.aborted) throw error;
  } finally {
    progress.stop();
  }
}
