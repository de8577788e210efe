import { randomBytes } from 'node:crypto';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { z } from 'zod';
import { isListenAddress, listenAddress, listenOf } from './listen-address.ts';
import { asConfigError, defineSettings, type Settings } from './settings.ts';
import { address, count, isAddress, matching, nodeEnvironment, oneOf } from './variables.ts';

/**
 * `user=http://10.0.0.1:4001,user=http://10.0.0.2:4001,post=unix:/run/post.sock`: where subgraphs are, each at one or
 * more addresses.
 */
const subgraphUrls = z
  .string()
  .default('')
  .transform((text, context) => {
    const urls: Record<string, string[]> = {};
    for (const pair of text.split(',').filter((part) => part.trim())) {
      const [name, url] = pair.trim().split(/=(.*)/s) as [string, string | undefined];
      const fault = !isSubgraph(name) ? 'is no subgraph' : !url || !isReachable(url) ? 'has no valid address' : null;
      if (fault) context.addIssue({ code: 'custom', message: `"${name}" ${fault}` });
      else urls[name] = [...new Set([...(urls[name] ?? []), url!])];
    }
    const missing = SUBGRAPHS.filter((name) => !urls[name]);
    if (missing.length > 0 && missing.length < SUBGRAPHS.length) {
      const message = `names some subgraphs and not ${missing.join(', ')}: give addresses of all of them, or of none`;
      context.addIssue({ code: 'custom', message });
    }
    return urls;
  });

function isSubgraph(name: string): boolean {
  return (SUBGRAPHS as readonly string[]).includes(name);
}

function isReachable(url: string): boolean {
  if (url.startsWith('unix:')) return isListenAddress(url);
  return isAddress(url, ['http:']) && url.replace(/\/$/, '') === new URL(url).origin;
}

/** What every process needs. */
export const baseSettings = defineSettings({
  variables: {
    NODE_ENV: nodeEnvironment,
    LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
    TINTYPE_NAMESPACE: matching(/^[a-z0-9-]{0,32}$/, 'may have 32 small letters, digits and hyphens').default(''),
    TINTYPE_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
    REDIS_URL: address('redis:', 'rediss:'),
    NEW_ACCOUNT_DAYS: count(3, 0, 365),
    SUBGRAPH_URLS: subgraphUrls,
    SUBGRAPH_LISTEN: listenAddress.default('127.0.0.1:0'),
    HEALTH_LISTEN: listenAddress.default('127.0.0.1:0'),
  },
  check: ({ NODE_ENV, TINTYPE_SECRET }) =>
    NODE_ENV === 'production' && !TINTYPE_SECRET ? ['TINTYPE_SECRET: is needed in production'] : [],
  toValue: (value) => ({
    nodeEnv: value.NODE_ENV,
    logLevel: value.LOG_LEVEL,
    namespace: value.TINTYPE_NAMESPACE,
    /** Outside production, a process that runs alone can use a secret of its own. */
    secret: value.TINTYPE_SECRET ?? randomBytes(32).toString('base64url'),
    redisUrl: value.REDIS_URL,
    /** How long an account has tighter limits, in days. */
    newAccountDays: value.NEW_ACCOUNT_DAYS,
    /** Of all subgraphs; empty if they run in this process. */
    subgraphUrls: Object.freeze(value.SUBGRAPH_URLS),
    subgraphListen: listenOf(value.SUBGRAPH_LISTEN),
    healthListen: listenOf(value.HEALTH_LISTEN),
  }),
});

/** Postgres, for processes with a subgraph or its workers. */
export const databaseSettings = defineSettings({
  variables: { DATABASE_URL: address('postgres:', 'postgresql:'), DATABASE_POOL: count(8, 2, 100) },
  toValue: ({ DATABASE_URL: url, DATABASE_POOL: pool }) => ({
    url,
    /** The most connections of each subgraph. */
    pool,
  }),
});

/** NATS, for processes with workers. */
export const natsSettings = defineSettings({
  variables: { NATS_URL: address('nats:', 'tls:') },
  toValue: ({ NATS_URL: url }) => ({ url }),
});

export type PlatformConfig = ReturnType<typeof readConfig>;

/**
 * The one place that reads the environment: parsed once, typed, frozen. `.env.example` describes each variable.
 *
 * @param settings of the parts that run in the process; others are read when they are asked for
 * @throws ConfigError with every fault, also of these
 */
export function readConfig(env: NodeJS.ProcessEnv, settings: readonly Settings<object>[] = []) {
  const set = Object.freeze(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  const faults = new Set([baseSettings, ...settings].flatMap((one) => one.listFaults(set)));
  if (faults.size > 0) throw asConfigError([...faults]);
  return Object.freeze({
    ...baseSettings.read(set),
    /** Settings that a part declares itself. */
    of: <Value>(one: Settings<Value>): Value => one.read(set),
  });
}
