import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from '@tintype/gateway';
import { migrate } from '@tintype/prisma/engine';
import { readConfig } from '@tintype/service';
import { CAST, DEMO_PASSWORD } from './demo/cast.ts';
import { seedDemo } from './demo/seed.ts';
import { startDistributed } from './distributed.ts';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory } from './places.ts';
import { freePort } from './ports.ts';
import { recordRunning } from './running.ts';
import { platformSecret } from './secret.ts';
import { startServices } from './services.ts';

// `npm start` runs the whole platform in one process, `npm run start:distributed` each part in its own.
const { values } = parseArgs({ options: { distributed: { type: 'boolean', default: false } } });
const DEFAULT_PORT = 4000;
const READY_MS = 60_000;

const began = Date.now();
const say = (what: string, text: string) => {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${what.padEnd(12)} ${text}`);
};

/** Undone in reverse order, also when the start fails half way. */
const undo: (() => unknown)[] = [];
let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const step of undo.reverse()) await step();
  })();
  return stopping;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    say('tintype', 'stopping');
    await stop();
    process.exit(0);
  });
}

async function startEverything(): Promise<string> {
  const dataDirectory = checkoutDataDirectory();
  undo.push(lockDataDirectory(dataDirectory));
  const services = await startServices({ dataDirectory, env: process.env, report: say });
  undo.push(() => services.stop());
  const port = Number(process.env.PORT) || (await freePort(DEFAULT_PORT));
  const env: Record<string, string> = {
    TINTYPE_SECRET: platformSecret(dataDirectory),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MAIL_DIRECTORY: join(dataDirectory, 'mail'),
    PUSH_ALLOW_LOCAL: 'true',
    LOG_LEVEL: 'warn',
    // The demo's accounts register from one address, and so do the first tries of whoever looks at it.
    LOGIN_LIMIT_PER_MINUTE: '120',
    EXPLORER_DEMO: `${CAST[0].username}:${DEMO_PASSWORD}`,
    ...(process.env as Record<string, string>),
    ...services.env,
  };
  const config = readConfig(env);
  const applied = await migrate(config.databaseUrl);
  say('database', applied.length > 0 ? `${applied.length} migrations applied` : 'up to date');
  undo.push(
    recordRunning(dataDirectory, {
      ...services.env,
      TINTYPE_SECRET: config.secret,
      TINTYPE_NAMESPACE: config.namespace,
      TYPESENSE_URL: config.typesense?.urls.join(',') ?? '',
      TYPESENSE_API_KEY: config.typesense?.apiKey ?? '',
    }),
  );
  const url = values.distributed ? await startProcesses(env) : await startInProcess(env);
  await seedOnce(dataDirectory, url);
  describe(url, config.s3.publicEndpoint);
  return url;
}

async function startInProcess(env: Record<string, string>): Promise<string> {
  const platform = await startPlatform(readConfig(env));
  undo.push(() => platform.close());
  say('platform', 'gateway, subgraphs and workers in one process');
  return platform.url;
}

async function startProcesses(env: Record<string, string>): Promise<string> {
  const distributed = await startDistributed(env, (name, line) => say(name, line));
  undo.push(() => distributed.stop());
  say('platform', `starting ${distributed.processes.size} processes: ${[...distributed.processes.keys()].join(', ')}`);
  await distributed.ready(READY_MS);
  return distributed.url;
}

async function seedOnce(dataDirectory: string, url: string): Promise<void> {
  const marker = join(dataDirectory, 'seeded');
  if (existsSync(marker) || process.env.TINTYPE_SEED === 'false') return;
  say('demo', 'seeding accounts, follows and photos through the API');
  await seedDemo(`${url}/graphql`, (text) => say('demo', text));
  writeFileSync(marker, new Date().toISOString());
}

function describe(url: string, s3: string): void {
  console.log(`
Tintype is ready, ${((Date.now() - began) / 1000).toFixed(1)} s after the start.

  GraphQL    ${url}/graphql
  GraphiQL   ${url}/graphiql
  S3         ${s3}
  Metrics    ${url}/metrics

  Log in as  ${CAST[0].username} with the password ${DEMO_PASSWORD}

  A query to paste into GraphiQL:

    mutation { logIn(input: { identifier: "${CAST[0].username}", password: "${DEMO_PASSWORD}" }) { accessToken } }

  and, with that token in GraphiQL's token box:

    { homeFeed(first: 5) { edges { node { caption likeCount author { username } media { standard { url } } } } } }

Ctrl-C stops everything; the data stays. \`npm run reset\` removes it.
`);
}

try {
  await startEverything();
} catch (error) {
  // A fault of the machine or of the settings is told in a sentence; its stack helps nobody.
  console.error(`\n${(error as Error).message}`);
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  await stop();
  process.exit(1);
}
