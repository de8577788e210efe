import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, servicePathsOf, startServices } from '@tintype/local';

/** Addresses of the stores of this run, in the environment of every test process. */
export const ADDRESSES_VARIABLE = 'TINTYPE_TEST_ADDRESSES';

/**
 * One set of stores for a whole run, on free ports and in a directory of its own, so that several runs go side by side.
 * TINTYPE_TEST_SERVICES names the file of a set that runs already (`npm run services -- --json <file>`): repeated runs of
 * single files start at once with it.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const running = process.env.TINTYPE_TEST_SERVICES;
  if (running) {
    process.env[ADDRESSES_VARIABLE] = readFileSync(running, 'utf8');
    return async () => undefined;
  }
  // Both projects of a run share the set of the one that comes first.
  if (process.env[ADDRESSES_VARIABLE]) return async () => undefined;
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-test-'));
  const report = (service: string, text: string) => process.stderr.write(`${service}: ${text}\n`);
  const services = await startServices({ dataDirectory, env: process.env, report });
  process.env[ADDRESSES_VARIABLE] = JSON.stringify(services.env);
  return async () => {
    await services.stop();
    await removeServiceFiles(servicePathsOf(dataDirectory));
  };
}
