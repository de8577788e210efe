import { randomBytes } from 'node:crypto';
import { type EventBus, removeStreams } from '@tintype/events';
import { createObjectStore, type ObjectStore } from '@tintype/s3';
import { type OpenResources, openResources, type PlatformConfig, readConfig, s3Settings } from '@tintype/service';
import { removeKeys } from './remove-keys.ts';
import { ADDRESSES_VARIABLE } from './services.setup.ts';
import { cloneDatabase, dropDatabase } from './template.ts';

export type Environment = OpenResources & {
  bus: EventBus;
  /** What `config` was read from: for processes of their own. */
  env: Record<string, string>;
  config: PlatformConfig;
  store: ObjectStore;
  /** Text of each statement that was sent through `database` so far. */
  statements: string[];
  /** Removes everything again. */
  close(): Promise<void>;
};

/**
 * Real stores of a test file's own: a fresh migrated database, a namespace in Redis and NATS, a bucket.
 *
 * @param options.env settings beside the addresses
 * @param options.addresses of servers of the test's own; the run's shared ones where it is left out
 */
export async function createEnvironment(
  options: { env?: Record<string, string>; addresses?: Record<string, string> } = {},
): Promise<Environment> {
  const addresses = options.addresses ?? sharedAddresses();
  const name = `t${randomBytes(6).toString('hex')}`;
  const serverUrl = addresses.DATABASE_URL!;
  const env: Record<string, string> = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    PORT: '0',
    // All accounts of tests are new. The limits of new accounts have tests of their own.
    NEW_ACCOUNT_DAYS: '0',
    TINTYPE_SECRET: randomBytes(32).toString('base64url'),
    ...addresses,
    TINTYPE_NAMESPACE: name,
    S3_BUCKET: name,
    DATABASE_URL: await cloneDatabase(serverUrl, name),
    ...options.env,
  };
  const config = readConfig(env);
  const statements: string[] = [];
  const resources = await openResources(config, `test-${name}`, { onStatement: (text) => statements.push(text) });
  const bus = await resources.connectEvents();
  const store = createObjectStore(config.of(s3Settings));
  return {
    ...resources,
    bus,
    store,
    env,
    config,
    statements,
    async close() {
      await removeStreams(bus);
      await removeKeys(resources.redis);
      store.close();
      await resources.close();
      await dropDatabase(serverUrl, name);
    },
  };
}

/** Of the servers of this run. */
export function sharedAddresses(): Record<string, string> {
  const text = process.env[ADDRESSES_VARIABLE];
  if (!text) throw new Error('no stores were started for this run: name the test *.int.test.ts or *.e2e.test.ts');
  return JSON.parse(text) as Record<string, string>;
}
