import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCommand, createProgress, printFailure } from '@tintype/cli';
import { gatewaySettings, readPlatformConfig, startPlatform } from '@tintype/gateway';
import { checkoutDataDirectory, isFree, lockDataDirectory, rememberPorts, startServices } from '@tintype/local';
import { startDistributed } from '@tintype/local/distributed';
import { recordRunning } from '@tintype/local/running';
import { migrate } from '@tintype/prisma/migrate';
import { typesenseSettings } from '@tintype/search/config';
import {
  databaseSettings,
  onEndAsked,
  type PlatformConfig,
  publicSettings,
  readEnvironment,
  s3Settings,
} from '@tintype/service';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo/accounts.ts';
import { SEED_STEPS } from './demo/seed.ts';
import { seedInThread } from './demo/seed-in-thread.ts';
import { platformSecret } from './secret.ts';
import { describeReady } from './welcome.ts';

const values = createCommand('npm start --')
  .description('Starts the platform and the stores that it needs, until Ctrl-C.')
  .option('--distributed', 'run each subgraph, the workers and the gateway in processes of their own')
  .option('--data <directory>', 'store everything there instead of in this checkout')
  .parse()
  .opts();
const DEFAULT_PORT = 4000;
const READY_MS = 120_000;
/** Placeholders for addresses that the start finds itself, when settings are only checked. */
const STAND_IN = {
  TINTYPE_SECRET: 'not-used-but-to-check-the-settings',
  DATABASE_URL: 'postgres://127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1',
  NATS_URL: 'nats://127.0.0.1',
  S3_ENDPOINT: 'http://127.0.0.1',
  S3_ACCESS_KEY_ID: 'none',
  S3_SECRET_ACCESS_KEY: 'none',
};

const began = Date.now();
const secondsSinceStart = () => ((Date.now() - began) / 1000).toFixed(1);
const progress = createProgress();
const say = (what: string, text: string) =>
  progress.log(`${secondsSinceStart().padStart(6)} s  ${what.padEnd(12)} ${text}`);

/** Undone in reverse order, also if the start fails or is stopped halfway. */
const undo: (() => unknown)[] = [];
const stopping = new AbortController();
const { signal } = stopping;

onEndAsked(
  () => {
    say('tintype', 'stopping');
    stopping.abort(new Error('Stopped.'));
  },
  () => say('tintype', 'still stopping'),
);

async function startEverything(): Promise<void> {
  const environment = readEnvironment();
  await checkSettings(environment);
  const dataDirectory = values.data ?? checkoutDataDirectory();
  undo.push(lockDataDirectory(dataDirectory));
  const services = await startServices({ dataDirectory, env: environment, report: say, progress, signal });
  undo.push(() => services.stop());
  const env = await platformEnvironment(environment, services.env, dataDirectory);
  const config = await readPlatformConfig(env);
  const applied = await migrate(config.of(databaseSettings).url);
  say('database', applied.length > 0 ? `${applied.length} migrations applied` : 'up to date');
  signal.throwIfAborted();
  const { typesense } = config.of(typesenseSettings);
  undo.push(
    recordRunning(dataDirectory, {
      ...services.env,
      TINTYPE_SECRET: config.secret,
      TINTYPE_NAMESPACE: config.namespace,
      PUBLIC_URL: config.of(publicSettings).publicUrl,
      TYPESENSE_URL: typesense?.urls.join(',') ?? '',
      TYPESENSE_API_KEY: typesense?.apiKey ?? '',
    }),
  );
  const { url, healthUrl } = values.distributed
    ? await startProcesses(env, dataDirectory)
    : await startInProcess(config);
  signal.throwIfAborted();
  const isSeeded = await seedOnce(config, dataDirectory, url);
  const seconds = secondsSinceStart();
  const { explorer } = config.of(gatewaySettings);
  const storeUrl = config.of(s3Settings).publicEndpoint;
  console.log(describeReady({ url, healthUrl, explorer, storeUrl, seconds, isSeeded, dataDirectory: values.data }));
}

/** Reports wrong settings before anything is started. @throws ConfigError */
async function checkSettings(environment: NodeJS.ProcessEnv): Promise<void> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  await readPlatformConfig({ ...STAND_IN, ...given });
}

/** The environment, over the addresses of our services and defaults for a local machine. */
async function platformEnvironment(
  environment: NodeJS.ProcessEnv,
  addresses: Readonly<Record<string, string>>,
  dataDirectory: string,
): Promise<NodeJS.ProcessEnv> {
  const port = await choosePort(environment, dataDirectory);
  const isProduction = environment.NODE_ENV === 'production';
  return {
    TINTYPE_SECRET: platformSecret(dataDirectory),
    PORT: String(port),
    HEALTH_LISTEN: `127.0.0.1:${await rememberPorts(dataDirectory)('health')}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MAIL_DIRECTORY: join(dataDirectory, 'mail'),
    LOG_LEVEL: 'warn',
    ...(!isProduction && {
      PUSH_ALLOW_LOCAL: 'true',
      // The demo's accounts register from one address, and so does the person who tries it.
      LOGIN_LIMIT_PER_MINUTE: '120',
      EXPLORER_DEMO: `${DEMO_ACCOUNTS[0].username}:${DEMO_PASSWORD}`,
    }),
    ...environment,
    ...addresses,
  };
}

async function choosePort(environment: NodeJS.ProcessEnv, dataDirectory: string): Promise<number> {
  const asked = Number(environment.PORT);
  if (asked) {
    if (!(await isFree(asked))) throw new Error(`Port ${asked}, which PORT names, is in use by another program.`);
    return asked;
  }
  const port = await rememberPorts(dataDirectory)('gateway', DEFAULT_PORT);
  if (port !== DEFAULT_PORT && !(await isFree(DEFAULT_PORT))) {
    say('gateway', `port ${DEFAULT_PORT} is in use by another program: using ${port}, now and at the next start`);
  }
  return port;
}

type Started = { url: string; healthUrl: string };

async function startInProcess(config: PlatformConfig): Promise<Started> {
  const platform = await startPlatform(config);
  undo.push(() => platform.close());
  say('platform', 'gateway, subgraphs and workers in one process');
  return platform;
}

async function startProcesses(env: NodeJS.ProcessEnv, dataDirectory: string): Promise<Started> {
  const distributed = await startDistributed(env, (name, line) => say(name, line), {
    recordDirectory: dataDirectory,
  });
  undo.push(() => distributed.stop());
  say('platform', `starting ${distributed.processes.size} processes: ${[...distributed.processes.keys()].join(', ')}`);
  await distributed.ready(READY_MS, signal);
  return distributed;
}

/** The demo's password is public, so a platform in production gets no demo. @returns whether the demo exists */
async function seedOnce({ nodeEnv }: PlatformConfig, dataDirectory: string, url: string): Promise<boolean> {
  const marker = join(dataDirectory, 'seeded');
  if (existsSync(marker)) return true;
  if (process.env.TINTYPE_SEED === 'false' || nodeEnv === 'production') return false;
  say('demo', 'seeding accounts, follows and photos through the API');
  const task = progress.start('seeding the demo', SEED_STEPS);
  try {
    await seedInThread(
      `${url}/graphql`,
      ({ text, done }) => {
        say('demo', text);
        task.update(done);
      },
      signal,
    );
  } finally {
    task.end();
  }
  writeFileSync(marker, new Date().toISOString());
  return true;
}

/** If a step fails, the error is printed and the others still run. */
async function undoAll(): Promise<void> {
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      process.exitCode = 1;
      console.error(error);
    }
  }
}

try {
  await startEverything();
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
} catch (error) {
  if (!signal.aborted) {
    progress.stop();
    printFailure(error);
  }
} finally {
  progress.stop();
  await undoAll();
  process.exit();
}
