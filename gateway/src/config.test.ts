import { readFileSync } from 'node:fs';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import { typesenseSettings } from '@tintype/search/config';
import {
  baseSettings,
  ConfigError,
  databaseSettings,
  loadSettings,
  mailSettings,
  mediaSettings,
  natsSettings,
  publicSettings,
  readConfig,
  type Settings,
} from '@tintype/service';
import { beforeAll, describe, expect, test } from 'vitest';
import { gatewaySettings, readPlatformConfig } from './config.ts';

const ADDRESSES = {
  DATABASE_URL: 'postgres://tintype@127.0.0.1/tintype',
  REDIS_URL: 'redis://127.0.0.1:6379',
  NATS_URL: 'nats://127.0.0.1:4222',
  S3_ENDPOINT: 'http://127.0.0.1:8333',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};

const settings = new Map<SubgraphName, readonly Settings<object>[]>();
beforeAll(async () => {
  for (const name of SUBGRAPHS) settings.set(name, await loadSettings(name));
});
const settingsOf = (name: SubgraphName) => settings.get(name)!;

/** What all parts read, together. */
async function read(env: Record<string, string>) {
  const config = await readPlatformConfig(env);
  return {
    ...config,
    ...config.of(gatewaySettings),
    ...config.of(mediaSettings),
    ...config.of(mailSettings),
    ...config.of(typesenseSettings),
  };
}

describe('readPlatformConfig', () => {
  test('needs the addresses of the stores and nothing else', async () => {
    const config = await read(ADDRESSES);
    expect(config).toMatchObject({ port: 4000, introspection: true, mediaBaseUrl: 'http://127.0.0.1:8333/tintype' });
    expect(Object.isFrozen(await readPlatformConfig(ADDRESSES))).toBe(true);
    expect(Object.isFrozen((await readPlatformConfig(ADDRESSES)).of(gatewaySettings))).toBe(true);
  });

  test('reports all faults at once', async () => {
    const faulty = { ...ADDRESSES, PORT: 'many', REDIS_URL: 'http://x', S3_ENDPOINT: 'x', MAIL_FROM: 'nobody' };
    await expect(read(faulty)).rejects.toThrow(ConfigError);
    const message = await read(faulty).catch((error: Error) => error.message);
    const variables = [...String(message).matchAll(/^ {2}(\w+): /gm)].map((match) => match[1]);
    expect(variables.toSorted()).toEqual(['MAIL_FROM', 'PORT', 'REDIS_URL', 'S3_ENDPOINT']);
  });

  test('requires a secret in production, and disables introspection', async () => {
    await expect(read({ ...ADDRESSES, NODE_ENV: 'production' })).rejects.toThrow(/TINTYPE_SECRET/);
    const secret = 'x'.repeat(32);
    expect(await read({ ...ADDRESSES, NODE_ENV: 'production', TINTYPE_SECRET: secret })).toMatchObject({
      introspection: false,
      explorer: false,
    });
  });

  test('treats an empty variable as not set', async () => {
    expect((await read({ ...ADDRESSES, PORT: '', INTROSPECTION: '' })).port).toBe(4000);
  });

  test.each([
    ['PORT', [' ', '70000', '-1', '1.5', '0x10', '1e3', 'many'], /^ {2}PORT: must be a whole number from 0 to 65535$/m],
    ['DATABASE_POOL', ['1', '101', '8 '], /DATABASE_POOL: must be a whole number from 2 to 100/],
    ['INTROSPECTION', ['yes', 'TRUE', '1'], /INTROSPECTION: must be true or false/],
    ['NODE_ENV', ['prod'], /NODE_ENV: must be development, test or production/],
    ['HOST', [' ', 'a b'], /HOST: must be an address or a name/],
    [
      'HEALTH_LISTEN',
      ['127.0.0.1:65536', ' :80', 'unix:run/x', `unix:/${'x'.repeat(103)}`],
      /must be host:port or unix:/,
    ],
    ['TRUST_PROXY', ['true', '*', 'localhost', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8'], /must be networks such as/],
    ['REDIS_URL', ['redis:x', 'redis://', 'redis://a b'], /REDIS_URL: must be an address that starts with redis:/],
    ['NATS_URL', ['nats:x', 'nats://', '4222'], /NATS_URL: must be an address that starts with nats:/],
    ['MAIL_URL', ['smtp:', 'smtps://', 'mail'], /MAIL_URL: must be an address that starts with smtp:/],
    ['DATABASE_URL', ['postgres://u:100%@h/x'], /DATABASE_URL: must have a % of its .* written as %25/],
    ['S3_BUCKET', ['a', 'a..b', 'Photos'], /S3_BUCKET: must be a bucket name/],
  ] as const)('refuses a wrong %s with what it must be', async (name, wrong, message) => {
    for (const text of wrong) await expect(read({ ...ADDRESSES, [name]: text }), text).rejects.toThrow(message);
  });

  test('reports a missing address', async () => {
    const { REDIS_URL: _, ...others } = ADDRESSES;
    await expect(read(others)).rejects.toThrow(/REDIS_URL: is needed/);
  });

  test('reads networks of proxies with spaces between, and addresses alone', async () => {
    const text = '10.0.0.0/8, 192.0.2.7,fd00::/8 ,';
    expect((await read({ ...ADDRESSES, TRUST_PROXY: text })).trustProxy).toEqual([
      '10.0.0.0/8',
      '192.0.2.7',
      'fd00::/8',
    ]);
    expect((await read(ADDRESSES)).trustProxy).toEqual([]);
  });

  test('makes addresses of files without a double slash', async () => {
    const config = await read({ ...ADDRESSES, S3_ENDPOINT: 'http://127.0.0.1:8333/' });
    expect(config.mediaBaseUrl).toBe('http://127.0.0.1:8333/tintype');
  });

  test('sends mail to the configured server, and none without one', async () => {
    expect((await read(ADDRESSES)).mail).toBeNull();
    const given = { ...ADDRESSES, MAIL_DIRECTORY: '/var/mail', MAIL_FROM: 'notes@example.org' };
    expect((await read(given)).mail).toEqual({ from: 'notes@example.org', directory: '/var/mail' });
    const url = 'smtps://user:word@mail.example.org';
    expect((await read({ ...given, MAIL_URL: url })).mail).toEqual({ from: 'notes@example.org', url });
    await expect(read({ ...ADDRESSES, MAIL_URL: 'https://example.org', MAIL_FROM: 'nobody' })).rejects.toThrow(
      /MAIL_URL[\s\S]*MAIL_FROM/,
    );
  });

  test('requires a key with Typesense, and accepts a server or the nodes of a cluster', async () => {
    expect((await read(ADDRESSES)).typesense).toBeNull();
    await expect(read({ ...ADDRESSES, TYPESENSE_URL: 'http://10.0.0.6:8108' })).rejects.toThrow(/TYPESENSE_API_KEY/);
    const key = { TYPESENSE_API_KEY: 'key' };
    const nodes = 'http://10.0.0.6:8108, http://10.0.0.7:8108';
    expect((await read({ ...ADDRESSES, ...key, TYPESENSE_URL: nodes })).typesense).toEqual({
      urls: ['http://10.0.0.6:8108', 'http://10.0.0.7:8108'],
      apiKey: 'key',
    });
    await expect(read({ ...ADDRESSES, ...key, TYPESENSE_URL: 'http://x,search' })).rejects.toThrow(/TYPESENSE_URL/);
  });

  test('reads addresses of subgraphs, sockets among them, several of one', async () => {
    const others = SUBGRAPHS.slice(1).map((name) => `${name}=unix:/run/${name}.sock`);
    const text = ['user=http://10.0.0.5:4001', 'user=http://10.0.0.6:4001', 'user=http://10.0.0.5:4001', ...others];
    const config = await read({ ...ADDRESSES, SUBGRAPH_URLS: text.join(', ') });
    expect(config.subgraphUrls).toMatchObject({
      user: ['http://10.0.0.5:4001', 'http://10.0.0.6:4001'],
      post: ['unix:/run/post.sock'],
    });
    for (const none of ['', ' ', ',']) {
      expect((await read({ ...ADDRESSES, SUBGRAPH_URLS: none })).subgraphUrls).toEqual({});
      // The settings of subgraphs in this process are checked, too.
      await expect(read({ ...ADDRESSES, SUBGRAPH_URLS: none, UPLOAD_DAILY_FILES: 'many' })).rejects.toThrow(
        'UPLOAD_DAILY_FILES',
      );
    }
    const wrong = [
      'unix:run/user.sock',
      'http://10.0.0.5:4001/user',
      'http://u:p@10.0.0.5',
      'http://10.0.0.5?x',
      'http:x',
    ];
    for (const url of wrong) {
      const all = [`user=${url}`, ...others].join(',');
      await expect(read({ ...ADDRESSES, SUBGRAPH_URLS: all }), url).rejects.toThrow(/"user" has no valid address/);
    }
  });

  test('refuses addresses of some subgraphs only, because the others could not be called', async () => {
    const given = (text: string) => read({ ...ADDRESSES, SUBGRAPH_URLS: text });
    await expect(given('user=http://10.0.0.5:4001')).rejects.toThrow(
      /SUBGRAPH_URLS: names some subgraphs and not social-graph, post/,
    );
    await expect(given('users=http://10.0.0.5:4001')).rejects.toThrow(/"users" is no subgraph/);
  });
});

describe('readPlatformConfig, for a process of the gateway alone', () => {
  const SUBGRAPH_URLS = SUBGRAPHS.map((name) => `${name}=unix:/run/${name}.sock`).join(',');
  const needed = { REDIS_URL: ADDRESSES.REDIS_URL, SUBGRAPH_URLS, MEDIA_BASE_URL: 'https://media.example.org' };

  test('needs Redis, and neither Postgres nor NATS nor the object store', async () => {
    await readPlatformConfig(needed);
    await readPlatformConfig({ ...needed, DATABASE_URL: 'no address', NATS_URL: 'no address' });
  });

  test('needs Postgres if all subgraphs run in it, and NATS if their workers do', async () => {
    const { DATABASE_URL, NATS_URL, ...others } = ADDRESSES;
    await expect(read(others)).rejects.toThrow(/DATABASE_URL: is needed[\s\S]*NATS_URL: is needed/);
    await expect(read({ ...others, DATABASE_URL })).rejects.toThrow(/NATS_URL: is needed/);
    await read({ ...others, DATABASE_URL, WORKERS: 'none' });
  });
});

describe('readConfig, for a process of one subgraph', () => {
  const stores = { REDIS_URL: ADDRESSES.REDIS_URL };

  test('needs only what this subgraph reads', () => {
    for (const name of SUBGRAPHS.filter((name) => name !== 'post' && name !== 'user')) {
      expect(() => readConfig({ ...stores, PORT: 'many' }, settingsOf(name)), name).not.toThrow();
    }
    for (const name of ['post', 'user'] as const)
      expect(() => readConfig(stores, settingsOf(name)), name).toThrow(/S3_ENDPOINT: is needed[\s\S]*S3_ACCESS_KEY_ID/);
    expect(() => readConfig(stores, settingsOf('user'))).toThrow(/MEDIA_BASE_URL: is needed/);
    const media = { MEDIA_BASE_URL: 'https://media.example.org/' };
    expect(readConfig({ ...ADDRESSES, ...media }, settingsOf('user')).of(mediaSettings)).toEqual({
      mediaBaseUrl: 'https://media.example.org',
    });
  });

  test('reports faults of settings that were not checked at the start when they are read', () => {
    const config = readConfig({ ...stores, FEED_CELEBRITY_FOLLOWERS: 'many' });
    expect(() => config.of(settingsOf('feed')[0]!)).toThrow(/FEED_CELEBRITY_FOLLOWERS: must be a whole number/);
  });
});

test('.env.example describes every variable and no other', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const described = [...example.matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
  const all = [
    baseSettings,
    databaseSettings,
    natsSettings,
    gatewaySettings,
    publicSettings,
    mediaSettings,
    ...SUBGRAPHS.flatMap(settingsOf),
  ];
  const read = [...new Set(all.flatMap(({ variables }) => variables))];
  expect(described.toSorted()).toEqual(read.toSorted());
  // As it is, it changes nothing: whoever copies it whole has what they had before.
  expect(example.match(/^[^#\n]/m)).toBeNull();
});
