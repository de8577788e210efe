import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory } from './places.ts';
import { startServices } from './services.ts';

// The services alone, until Ctrl-C: `--data <directory>` keeps them apart from the platform's, `--json <file>` writes
// their addresses for tests (TINTYPE_TEST_SERVICES).
const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'string' } } });
const dataDirectory = values.data ?? checkoutDataDirectory();
const unlock = lockDataDirectory(dataDirectory);
const services = await startServices({
  dataDirectory,
  env: process.env,
  report: (service, text) => console.error(`${service}: ${text}`),
});
for (const [name, value] of Object.entries(services.env)) console.log(`export ${name}=${value}`);
if (values.json) writeFileSync(values.json, JSON.stringify(services.env, null, 2));

const stop = async () => {
  await services.stop();
  unlock();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
