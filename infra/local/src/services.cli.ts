import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { onEndAsked, readEnvironment } from '@tintype/service';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory } from './places.ts';
import { startServices } from './services.ts';

// The services alone, until Ctrl-C: `--data <directory>` keeps them apart from the platform's, `--json <file>` writes
// their addresses for tests (TINTYPE_TEST_SERVICES).
const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'string' } } });
const dataDirectory = values.data ?? checkoutDataDirectory();
const unlock = lockDataDirectory(dataDirectory);
const starting = new AbortController();
const started = startServices({
  dataDirectory,
  env: readEnvironment(),
  report: (service, text) => console.error(`${service}: ${text}`),
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
  if (values.json) writeFileSync(values.json, JSON.stringify(services.env, null, 2));
} catch (error) {
  unlock();
  if (!starting.signal.aborted) throw error;
}
