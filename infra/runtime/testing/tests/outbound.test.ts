import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const CONFIGURED = 'an address of the configuration';
const BROWSER = 'runs in a browser, and reaches only the gateway that it came from';
const ISSUERS = 'issuers of the configuration, and the addresses that these name';
const PUSH = 'endpoints of clients: see push-agent.ts, which refuses addresses that are not public';

/** Sources that connect to something, and to what. Whoever adds one says which addresses a client can make it reach. */
const OUTBOUND: Readonly<Record<string, string>> = {
  'gateway/src/account-pages/account-page.ts': BROWSER,
  'gateway/src/account-pages/data-export-page.ts': BROWSER,
  'gateway/src/account-pages/passkey-page.ts': BROWSER,
  'gateway/src/explorer/app/fetcher.ts': BROWSER,
  'infra/runtime/graphql/src/address.ts': CONFIGURED,
  'infra/runtime/graphql/src/listen.ts': 'the socket on which this process is to listen',
  'infra/runtime/mail/src/transport.ts': CONFIGURED,
  'infra/runtime/postgres/src/availability.ts': CONFIGURED,
  'infra/runtime/postgres/src/bounded-pool.ts': CONFIGURED,
  'infra/runtime/s3/src/object-store.ts': CONFIGURED,
  'subgraphs/notification/src/delivery/push/push-agent.ts': PUSH,
  'subgraphs/notification/src/delivery/push/push-key.service.ts': 'makes keys only',
  'subgraphs/notification/src/delivery/push/push.channel.ts': PUSH,
  'subgraphs/search/src/typesense/collection-alias.ts': CONFIGURED,
  'subgraphs/search/src/typesense/import-documents.ts': CONFIGURED,
  'subgraphs/search/src/typesense/transport.ts': CONFIGURED,
  'subgraphs/search/src/typesense/typesense-clients.ts': CONFIGURED,
  'subgraphs/user/src/data-export/export-writer.ts': 'addresses in the object store that other subgraphs sign',
  'subgraphs/user/src/identity-provider/bounded-fetch.ts': ISSUERS,
  'subgraphs/user/src/identity-provider/provider.client.ts': ISSUERS,
};

/** Ways to send a request to an address that comes from elsewhere. Stores have clients of their own. */
const CONNECTS = [
  /(?<!\.)\bfetch\(/,
  /import \{[^}]*\b(?:request|get|connect|createConnection|Socket|lookup|resolve\w*)\b[^}]*\} from 'node:(?:https?|http2|net|tls|dns|dgram)/,
  /from '(?:undici|nodemailer|openid-client|web-push|typesense|@aws-sdk\/[^']+)/,
];

const sources = execFileSync('git', ['ls-files', 'gateway/src/*', 'subgraphs/*/src/*', 'infra/runtime/*/src/*'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('infra/runtime/testing/'));

test('only these sources connect to anything', () => {
  const found = sources.filter((path) => {
    const code = readFileSync(`${ROOT}${path}`, 'utf8').replaceAll(/^import type .*$/gm, '');
    return CONNECTS.some((way) => way.test(code));
  });
  expect(found).toEqual(Object.keys(OUTBOUND));
});

test('no source starts a program, or runs a text as code', () => {
  const runs = /node:child_process|node:vm|(?<![.\w])eval\(|new Function\(/;
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((path) => runs.test(readFileSync(`${ROOT}${path}`, 'utf8')))).toEqual([]);
});
