import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, servicePathsOf, startServices } from '@tintype/local';

/** The addresses of this run's stores, in the environment of every test process. */
export const ADDRESSES_VARIABLE = 'TINTYPE_TEST_ADDRESSES';

/**
 * One set of stores for a whole run, on free ports and in a directory of its own, so that several runs can work at the
 * same time. TINTYPE_TEST_SERVICES names the file of a set that is already running (`npm run services -- --json
 * <file>`), so that repeated runs of single files start at once.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const running = process.env.TINTYPE_TEST_SERVICES;
  if (running) {
    process.env[ADDRESSES_VARIABLE] = readFileSync(running, 'utf8');
    return async () => undefined;
  }
  // The projects of a run share one set of stores.
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
