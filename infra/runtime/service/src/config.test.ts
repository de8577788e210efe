import { readFileSync } from 'node:fs';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, VARIABLES } from './config.ts';

const ADDRESSES = {
  DATABASE_URL: 'postgres://tintype@127.0.0.1/tintype',
  REDIS_URL: 'redis://127.0.0.1:6379',
  NATS_URL: 'nats://127.0.0.1:4222',
  S3_ENDPOINT: 'http://127.0.0.1:8333',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};

describe('readConfig', () => {
  test('needs the addresses of the stores and nothing else', () => {
    const config = readConfig(ADDRESSES);
    expect(config).toMatchObject({ port: 4000, introspection: true, mediaBaseUrl: 'http://127.0.0.1:8333/tintype' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('reports all faults at once', () => {
    const faulty = { ...ADDRESSES, PORT: 'many', REDIS_URL: 'http://x', SUBGRAPH_URLS: 'user=nowhere' };
    expect(() => readConfig(faulty)).toThrow(ConfigError);
    expect(() => readConfig(faulty)).toThrow(
      /PORT: .*[\s\S]*REDIS_URL: must be an address[\s\S]*"user" has no valid address/,
    );
  });

  test('requires a secret in production, and disables introspection', () => {
    expect(() => readConfig({ ...ADDRESSES, NODE_ENV: 'production' })).toThrow(/TINTYPE_SECRET/);
    const secret = 'x'.repeat(32);
    expect(readConfig({ ...ADDRESSES, NODE_ENV: 'production', TINTYPE_SECRET: secret })).toMatchObject({
      introspection: false,
      explorer: false,
    });
  });

  test('treats an empty variable as not set', () => {
    expect(readConfig({ ...ADDRESSES, PORT: '', INTROSPECTION: '' }).port).toBe(4000);
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
  ] as const)('refuses a wrong %s with what it must be', (name, wrong, message) => {
    for (const text of wrong) expect(() => readConfig({ ...ADDRESSES, [name]: text }), text).toThrow(message);
  });

  test('reports a missing address', () => {
    const { REDIS_URL: _, ...others } = ADDRESSES;
    expect(() => readConfig(others)).toThrow(/REDIS_URL: is needed/);
  });

  test('reads networks of proxies with spaces between, and addresses alone', () => {
    const text = '10.0.0.0/8, 192.0.2.7,fd00::/8 ,';
    expect(readConfig({ ...ADDRESSES, TRUST_PROXY: text }).trustProxy).toEqual(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
    expect(readConfig(ADDRESSES).trustProxy).toEqual([]);
  });

  test('makes addresses of files without a double slash', () => {
    const config = readConfig({ ...ADDRESSES, S3_ENDPOINT: 'http://127.0.0.1:8333/' });
    expect(config.mediaBaseUrl).toBe('http://127.0.0.1:8333/tintype');
  });

  test('sends mail to the configured server, and none without one', () => {
    expect(readConfig(ADDRESSES).mail).toBeNull();
    const given = { ...ADDRESSES, MAIL_DIRECTORY: '/var/mail', MAIL_FROM: 'notes@example.org' };
    expect(readConfig(given).mail).toEqual({ from: 'notes@example.org', directory: '/var/mail' });
    const url = 'smtps://user:word@mail.example.org';
    expect(readConfig({ ...given, MAIL_URL: url }).mail).toEqual({ from: 'notes@example.org', url });
    expect(() => readConfig({ ...ADDRESSES, MAIL_URL: 'https://example.org', MAIL_FROM: 'nobody' })).toThrow(
      /MAIL_URL[\s\S]*MAIL_FROM/,
    );
  });

  test('requires a key with Typesense, and accepts a server or the nodes of a cluster', () => {
    expect(readConfig(ADDRESSES).typesense).toBeNull();
    expect(() => readConfig({ ...ADDRESSES, TYPESENSE_URL: 'http://10.0.0.6:8108' })).toThrow(/TYPESENSE_API_KEY/);
    const key = { TYPESENSE_API_KEY: 'key' };
    const nodes = 'http://10.0.0.6:8108, http://10.0.0.7:8108';
    expect(readConfig({ ...ADDRESSES, ...key, TYPESENSE_URL: nodes }).typesense).toEqual({
      urls: ['http://10.0.0.6:8108', 'http://10.0.0.7:8108'],
      apiKey: 'key',
    });
    expect(() => readConfig({ ...ADDRESSES, ...key, TYPESENSE_URL: 'http://x,search' })).toThrow(/TYPESENSE_URL/);
  });

  test('reads addresses of subgraphs, sockets among them, several of one', () => {
    const others = SUBGRAPHS.slice(1).map((name) => `${name}=unix:/run/${name}.sock`);
    const text = ['user=http://10.0.0.5:4001', 'user=http://10.0.0.6:4001', 'user=http://10.0.0.5:4001', ...others];
    const config = readConfig({ ...ADDRESSES, SUBGRAPH_URLS: text.join(', ') });
    expect(config.subgraphUrls).toMatchObject({
      user: ['http://10.0.0.5:4001', 'http://10.0.0.6:4001'],
      post: ['unix:/run/post.sock'],
    });
    expect(readConfig({ ...ADDRESSES, SUBGRAPH_URLS: '' }).subgraphUrls).toEqual({});
    const wrong = [
      'unix:run/user.sock',
      'http://10.0.0.5:4001/user',
      'http://u:p@10.0.0.5',
      'http://10.0.0.5?x',
      'http:x',
    ];
    for (const url of wrong) {
      const all = [`user=${url}`, ...others].join(',');
      expect(() => readConfig({ ...ADDRESSES, SUBGRAPH_URLS: all }), url).toThrow(/"user" has no valid address/);
    }
  });

  test('refuses addresses of some subgraphs only, because the others could not be called', () => {
    const given = (text: string) => () => readConfig({ ...ADDRESSES, SUBGRAPH_URLS: text });
    expect(given('user=http://10.0.0.5:4001')).toThrow(
      /SUBGRAPH_URLS: names some subgraphs and not social-graph, post/,
    );
    expect(given('users=http://10.0.0.5:4001')).toThrow(/"users" is no subgraph/);
  });
});

test('.env.example describes every variable and no other', () => {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  const described = [...example.matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
  expect(described.toSorted()).toEqual(VARIABLES.toSorted());
  // As it is, it changes nothing: whoever copies it whole has what they had before.
  expect(example.match(/^[^#\n]/m)).toBeNull();
});
