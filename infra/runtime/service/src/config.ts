import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { z } from 'zod';

/** Every fault of the environment at once, a line each. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}` });
const MAX_PORT = 65_535;
/** sockaddr_un has 108 bytes on Linux and 104 elsewhere, the NUL among them. */
const SOCKET_PATH_BYTES = 103;

const flag = oneOf('true', 'false').transform((text) => text === 'true');
const given = z.string({ error: 'is needed' });
const address = (...protocols: string[]) =>
  given
    .refine((text) => isAddress(text, protocols), {
      message: `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    })
    .refine(hasReadableCredentials, { message: 'must have a % of its user name or password written as %25' });
/** Postgres alone may be named without a host: by the directory of its socket, in a parameter. */
const HOSTLESS: ReadonlySet<string> = new Set(['postgres:', 'postgresql:']);

function isAddress(text: string, protocols: readonly string[]): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  if (!protocols.includes(protocol) || !text.startsWith(`${protocol}//`)) return false;
  return host !== '' || HOSTLESS.has(protocol);
}

function hasReadableCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return !/%(?![\da-f]{2})/i.test(username + password);
}

/** One or more of them, with commas between. */
const addresses = (...protocols: string[]) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(address(...protocols)));
/** Parts between commas; none where nothing is given. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
/** `https://app.example.org`, and nothing after the host: what browsers send as Origin. */
const origins = list.pipe(
  z.array(
    z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      message: 'must be origins such as https://app.example.org, without a path and in lower case',
    }),
  ),
);
const count = (fallback: number, min: number, max: number) =>
  z
    .string()
    .refine((text) => isCount(text, min, max), { message: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .default(fallback);

function isCount(text: string, min: number, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** `user=http://10.0.0.1:4001,user=http://10.0.0.2:4001,post=unix:/run/post.sock`: where subgraphs are, each at one or more addresses. */
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

function demoOf(text: string | undefined): { identifier: string; password: string } | undefined {
  if (!text) return undefined;
  const colon = text.indexOf(':');
  return { identifier: text.slice(0, colon), password: text.slice(colon + 1) };
}

type MailAddress = { from: string } & ({ url: string } | { directory: string });

function mailOf(value: { MAIL_URL?: string; MAIL_DIRECTORY?: string; MAIL_FROM: string }): MailAddress | null {
  const from = value.MAIL_FROM;
  if (value.MAIL_URL) return Object.freeze({ from, url: value.MAIL_URL });
  return value.MAIL_DIRECTORY ? Object.freeze({ from, directory: value.MAIL_DIRECTORY }) : null;
}

function listenOf(text: string): { socketPath: string } | { host: string; port: number } {
  if (text.startsWith('unix:')) return { socketPath: text.slice('unix:'.length) };
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

const listenAddress = z.string().refine(isListenAddress, {
  message: `must be host:port or unix:/path, with a port up to ${MAX_PORT} or a path of up to ${SOCKET_PATH_BYTES} bytes`,
});

function isListenAddress(text: string): boolean {
  if (text.startsWith('unix:'))
    return /^unix:\/./.test(text) && Buffer.byteLength(text) <= 'unix:'.length + SOCKET_PATH_BYTES;
  const [, port] = /^[^:\s]+:(\d+)$/.exec(text) ?? [];
  return port !== undefined && isCount(port, 0, MAX_PORT);
}

/** Networks of proxies: an address alone or with the length of its prefix. */
const networks = list.refine((all) => all.every(isNetwork), {
  message: 'must be networks such as 10.0.0.0/8, with commas between',
});

function isNetwork(text: string): boolean {
  const [ip = '', prefix, ...others] = text.split('/');
  const version = isIP(ip);
  return version > 0 && others.length === 0 && (prefix === undefined || isCount(prefix, 1, version === 4 ? 32 : 128));
}

const environment = z.object({
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
  HOST: z.string().regex(/^\S+$/, 'must be an address or a name').default('127.0.0.1'),
  PORT: count(4000, 0, MAX_PORT),
  TINTYPE_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{0,32}$/, 'may have 32 small letters, digits and hyphens')
    .default(''),
  DATABASE_URL: address('postgres:', 'postgresql:'),
  DATABASE_POOL: count(8, 2, 100),
  REDIS_URL: address('redis:', 'rediss:'),
  NATS_URL: address('nats:', 'tls:'),
  S3_ENDPOINT: address('http:', 'https:'),
  S3_PUBLIC_ENDPOINT: address('http:', 'https:').optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: given,
  S3_SECRET_ACCESS_KEY: given,
  S3_BUCKET: z
    .string()
    .regex(/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name of 3 to 63 letters')
    .default('tintype'),
  MEDIA_BASE_URL: address('http:', 'https:').optional(),
  PUBLIC_URL: address('http:', 'https:').default('http://127.0.0.1:4000'),
  CORS_ORIGINS: origins,
  TINTYPE_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  SUBGRAPH_URLS: subgraphUrls,
  SUBGRAPH_LISTEN: listenAddress.default('127.0.0.1:0'),
  HEALTH_LISTEN: listenAddress.default('127.0.0.1:0'),
  WORKERS: oneOf('all', 'none').default('all'),
  INTROSPECTION: flag.optional(),
  EXPLORER: flag.optional(),
  EXPLORER_DEMO: z
    .string()
    .regex(/^[^:]+:.+$/, 'must be an identifier and a password, with a colon between')
    .optional(),
  TRUST_PROXY: networks,
  TYPESENSE_URL: addresses('http:', 'https:').optional(),
  TYPESENSE_API_KEY: z.string().min(1).optional(),
  MAIL_URL: address('smtp:', 'smtps:').optional(),
  MAIL_DIRECTORY: z.string().min(1).optional(),
  MAIL_FROM: z.email('must be a mail address').default('tintype@localhost.localdomain'),
  PUSH_ALLOW_LOCAL: flag.default(false),
  FEED_CELEBRITY_FOLLOWERS: count(10_000, 1, 1_000_000_000),
  RATE_LIMIT_PER_SECOND: count(50, 1, 1_000_000),
  RATE_LIMIT_BURST: count(200, 1, 10_000_000),
  LOGIN_LIMIT_PER_MINUTE: count(10, 1, 1_000_000),
  REQUEST_TIMEOUT_MS: count(30_000, 100, 300_000),
  DRAIN_NOTICE_MS: count(400, 0, 20_000),
  UPLOAD_WAITING_FILES: count(200, 20, 1_000_000),
  UPLOAD_WAITING_MIB: count(4096, 50, 10_000_000),
  UPLOAD_DAILY_FILES: count(1000, 20, 10_000_000),
  UPLOAD_DAILY_MIB: count(20_480, 50, 100_000_000),
});

const MIB = 1024 * 1024;

/** Names of all variables that are read. */
export const VARIABLES: readonly string[] = Object.keys(environment.shape);

export type PlatformConfig = ReturnType<typeof readConfig>;

/**
 * The one place that reads the environment: parsed once, typed, frozen. `.env.example` describes each variable.
 *
 * @throws ConfigError with every fault
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  if (set.NODE_ENV === 'production' && !set.TINTYPE_SECRET) faults.push('TINTYPE_SECRET: is needed in production');
  if (Boolean(set.TYPESENSE_URL) !== Boolean(set.TYPESENSE_API_KEY)) {
    faults.push('TYPESENSE_URL: goes with TYPESENSE_API_KEY, or neither is set');
  }
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(`the environment is not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
  const value = parsed.data;
  const production = value.NODE_ENV === 'production';
  const publicEndpoint = (value.S3_PUBLIC_ENDPOINT ?? value.S3_ENDPOINT).replace(/\/+$/, '');
  return Object.freeze({
    nodeEnv: value.NODE_ENV,
    logLevel: value.LOG_LEVEL,
    host: value.HOST,
    port: value.PORT,
    namespace: value.TINTYPE_NAMESPACE,
    databaseUrl: value.DATABASE_URL,
    databasePool: value.DATABASE_POOL,
    redisUrl: value.REDIS_URL,
    natsUrl: value.NATS_URL,
    s3: Object.freeze({
      endpoint: value.S3_ENDPOINT,
      publicEndpoint,
      region: value.S3_REGION,
      accessKeyId: value.S3_ACCESS_KEY_ID,
      secretAccessKey: value.S3_SECRET_ACCESS_KEY,
      bucket: value.S3_BUCKET,
      corsOrigins: Object.freeze(value.CORS_ORIGINS),
    }),
    mediaBaseUrl: (value.MEDIA_BASE_URL ?? `${publicEndpoint}/${value.S3_BUCKET}`).replace(/\/+$/, ''),
    /** Where people reach the gateway, without a slash at the end. */
    publicUrl: value.PUBLIC_URL.replace(/\/+$/, ''),
    /** Origins of browser apps that may use the platform from elsewhere; empty where none may. */
    corsOrigins: Object.freeze(value.CORS_ORIGINS),
    /** Outside production a process that is alone may do with a secret of its own. */
    secret: value.TINTYPE_SECRET ?? randomBytes(32).toString('base64url'),
    /** Of all subgraphs, or empty where they are in this process. */
    subgraphUrls: Object.freeze(value.SUBGRAPH_URLS),
    subgraphListen: listenOf(value.SUBGRAPH_LISTEN),
    healthListen: listenOf(value.HEALTH_LISTEN),
    workers: value.WORKERS,
    introspection: value.INTROSPECTION ?? !production,
    explorer: value.EXPLORER ?? !production,
    explorerDemo: demoOf(value.EXPLORER_DEMO),
    trustProxy: value.TRUST_PROXY,
    /** Null where Postgres searches. */
    typesense:
      value.TYPESENSE_URL && value.TYPESENSE_API_KEY
        ? Object.freeze({ urls: value.TYPESENSE_URL, apiKey: value.TYPESENSE_API_KEY })
        : null,
    /** Null where no mail is sent. */
    mail: mailOf(value),
    mailFrom: value.MAIL_FROM,
    pushAllowLocal: value.PUSH_ALLOW_LOCAL,
    feed: Object.freeze({ celebrityFollowers: value.FEED_CELEBRITY_FOLLOWERS }),
    /** Upload forms of an account, by number and by bytes: not used yet, and in 24 hours. */
    uploads: Object.freeze({
      waitingFiles: value.UPLOAD_WAITING_FILES,
      waitingBytes: value.UPLOAD_WAITING_MIB * MIB,
      dailyFiles: value.UPLOAD_DAILY_FILES,
      dailyBytes: value.UPLOAD_DAILY_MIB * MIB,
    }),
    limits: Object.freeze({
      ratePerSecond: value.RATE_LIMIT_PER_SECOND,
      burst: value.RATE_LIMIT_BURST,
      loginsPerMinute: value.LOGIN_LIMIT_PER_MINUTE,
      requestTimeoutMs: value.REQUEST_TIMEOUT_MS,
    }),
    /** How long a gateway that ends says so in `/readyz` before it takes nothing new. */
    drainNoticeMs: value.DRAIN_NOTICE_MS,
  });
}
