import { isIP } from 'node:net';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import {
  count,
  databaseSettings,
  defineSettings,
  flag,
  isCount,
  list,
  loadSettings,
  MAX_PORT,
  matching,
  mediaSettings,
  natsSettings,
  nodeEnvironment,
  oneOf,
  origins,
  type PlatformConfig,
  publicSettings,
  readConfig,
} from '@tintype/service';

/** Networks of proxies: an address alone or with the length of its prefix. */
const networks = list.refine((all) => all.every(isNetwork), {
  message: 'must be networks such as 10.0.0.0/8, with commas between',
});

export const gatewaySettings = defineSettings({
  variables: {
    NODE_ENV: nodeEnvironment,
    HOST: matching(/^\S+$/, 'must be an address or a name').default('127.0.0.1'),
    PORT: count(4000, 0, MAX_PORT),
    CORS_ORIGINS: origins,
    WORKERS: oneOf('all', 'none').default('all'),
    INTROSPECTION: flag.optional(),
    EXPLORER: flag.optional(),
    EXPLORER_DEMO: matching(/^[^:]+:.+$/, 'must be an identifier and a password, with a colon between').optional(),
    TRUST_PROXY: networks,
    RATE_LIMIT_PER_SECOND: count(50, 1, 1_000_000),
    RATE_LIMIT_BURST: count(200, 1, 10_000_000),
    LOGIN_LIMIT_PER_MINUTE: count(10, 1, 1_000_000),
    PASSWORD_QUEUE: count(16, 0, 10_000),
    PASSWORD_WAIT_MS: count(2_000, 1, 60_000),
    REQUEST_TIMEOUT_MS: count(30_000, 100, 300_000),
    DRAIN_NOTICE_MS: count(400, 0, 20_000),
  },
  toValue: (value) => ({
    host: value.HOST,
    port: value.PORT,
    /** Origins of browser apps that may use the platform from elsewhere; empty if none may. */
    corsOrigins: Object.freeze(value.CORS_ORIGINS),
    /** Workers of subgraphs that run in this process. */
    workers: value.WORKERS,
    introspection: value.INTROSPECTION ?? value.NODE_ENV !== 'production',
    explorer: value.EXPLORER ?? value.NODE_ENV !== 'production',
    explorerDemo: demoOf(value.EXPLORER_DEMO),
    trustProxy: value.TRUST_PROXY,
    limits: Object.freeze({
      ratePerSecond: value.RATE_LIMIT_PER_SECOND,
      burst: value.RATE_LIMIT_BURST,
      loginsPerMinute: value.LOGIN_LIMIT_PER_MINUTE,
      /** How many operations with passwords may wait in this process, and for how long. */
      passwordQueue: value.PASSWORD_QUEUE,
      passwordWaitMs: value.PASSWORD_WAIT_MS,
      requestTimeoutMs: value.REQUEST_TIMEOUT_MS,
    }),
    /** How long a gateway that ends says so in `/readyz` before it takes nothing new. */
    drainNoticeMs: value.DRAIN_NOTICE_MS,
  }),
});

/**
 * The configuration of a process with the gateway, and with all subgraphs unless the environment says where they are.
 *
 * @throws ConfigError with every fault, also of the subgraphs
 */
export async function readPlatformConfig(env: NodeJS.ProcessEnv): Promise<PlatformConfig> {
  const own = [gatewaySettings, publicSettings, mediaSettings];
  // Spaces and commas alone name no subgraph.
  const isAlone = /[^\s,]/.test(env.SUBGRAPH_URLS ?? '');
  if (isAlone) return readConfig(env, own);
  const others = await Promise.all(SUBGRAPHS.map(loadSettings));
  const stores = env.WORKERS === 'none' ? [databaseSettings] : [databaseSettings, natsSettings];
  return readConfig(env, [...own, ...stores, ...others.flat()]);
}

function demoOf(text: string | undefined): { identifier: string; password: string } | undefined {
  if (!text) return undefined;
  const colon = text.indexOf(':');
  return { identifier: text.slice(0, colon), password: text.slice(colon + 1) };
}

function isNetwork(text: string): boolean {
  const [ip = '', prefix, ...others] = text.split('/');
  const version = isIP(ip);
  return version > 0 && others.length === 0 && (prefix === undefined || isCount(prefix, 1, version === 4 ? 32 : 128));
}
