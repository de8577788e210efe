import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { json, text } from 'node:stream/consumers';
import type { TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { createMailbox, type Mailbox } from '@tintype/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, publish } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

const LOGINS_PER_MINUTE = 10;
const PUBLIC_URL = 'https://tintype.example';
/** How a browser or a proxy would say that the platform has another address. */
const ELSEWHERE = {
  host: 'evil.example',
  origin: 'https://evil.example',
  referer: 'https://evil.example/',
  forwarded: 'for=192.0.2.43;host=evil.example;proto=http',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-server': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-port': '666',
  'x-forwarded-prefix': '/evil.example',
  'x-original-url': '//evil.example/',
  'x-rewrite-url': '//evil.example/',
  'x-host': 'evil.example',
};

let mailbox: Mailbox;
let platform: TestPlatform;
beforeAll(async () => {
  mailbox = await createMailbox();
  platform = await startTestPlatform('in one process', {
    ...mailbox.env,
    PUBLIC_URL,
    LOGIN_LIMIT_PER_MINUTE: String(LOGINS_PER_MINUTE),
    // The tests are a proxy, so that they choose the networks of clients.
    TRUST_PROXY: '127.0.0.1',
  });
});
afterAll(async () => {
  await platform?.close();
  await mailbox?.close();
});

let networks = 0;
/** A network that has sent nothing yet. */
const newNetwork = () => `198.18.${networks >> 8}.${networks++ & 255}`;

type Sent = { headers?: Record<string, string>; token?: string; network?: string };
type Answer<Data> = { status: number; data?: Data; errors?: { extensions: { code: string } }[] };

async function open(path: string, method: string, headers: Record<string, string>, body?: string) {
  const sent = request(`${platform.url}${path}`, { method, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return response;
}

/** Sends an operation with headers of any kind, from a network of its own unless it names one. */
async function send<Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  { headers, token, network = newNetwork() }: Sent = {},
): Promise<Answer<Data>> {
  const all = {
    'content-type': 'application/json',
    'x-forwarded-for': network,
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  };
  const response = await open('/graphql', 'POST', all, JSON.stringify({ query: document.toString(), variables }));
  return { status: response.statusCode, ...((await json(response)) as object) };
}

async function register(sent: Sent = {}) {
  const username = `a_${randomBytes(6).toString('hex')}`;
  const email = `${username}@mail.example`;
  const input = { username, email, password: PASSWORD };
  const { data } = await send(operations.CreateAccountDocument, { input }, sent);
  const payload = data!.createAccount!;
  expect(payload.errors).toEqual([]);
  const [id, token, refreshToken] = [payload.user!.id, payload.accessToken!, payload.refreshToken!];
  return { id, username, email, token, refreshToken, client: platform.client.as(token) };
}

const nameOf = async (token: string) => (await send(operations.MeDocument, {}, { token })).data?.me?.username ?? null;
const sessionOf = (token: string) => String(decodeJwt(token).sid);

describe('one password tried for many accounts', () => {
  /** How many passwords were tried, and how many refused. A few at a time, so that the gateway is not overloaded. */
  const spray = async (network: string, identifiers: readonly string[]) => {
    const codes: (string | undefined)[] = [];
    for (let from = 0; from < identifiers.length; from += 10) {
      const answers = await Promise.all(
        identifiers
          .slice(from, from + 10)
          .map((identifier) =>
            send(operations.LogInDocument, { input: { identifier, password: 'Summer of 2026!' } }, { network }),
          ),
      );
      codes.push(...answers.map(({ data, errors }) => data?.logIn?.errors[0]?.code ?? errors?.[0]?.extensions.code));
    }
    const count = (code: string) => codes.filter((one) => one === code).length;
    return { tried: count('CREDENTIALS_WRONG'), refused: count('RATE_LIMITED') };
  };
  /** What a network may try in a time, with what it had at the beginning. */
  const allowedSince = (startMs: number) =>
    LOGINS_PER_MINUTE + Math.ceil(((Date.now() - startMs) / 60_000) * LOGINS_PER_MINUTE);
  const names = (count: number) => Array.from({ length: count }, () => `b_${randomBytes(6).toString('hex')}`);

  test('from one network is refused after a few, whether or not they exist', async () => {
    const accounts = await Promise.all(Array.from({ length: 5 }, () => register()));
    const startMs = Date.now();
    const { tried, refused } = await spray(newNetwork(), [...accounts.map(({ username }) => username), ...names(195)]);
    expect(tried + refused).toBe(200);
    expect(tried).toBeGreaterThanOrEqual(LOGINS_PER_MINUTE);
    expect(tried).toBeLessThanOrEqual(allowedSince(startMs));
  });

  test('from several networks is refused in each, also if their addresses are of one IPv6 network', async () => {
    const startMs = Date.now();
    const [one, two] = [await spray(newNetwork(), names(30)), await spray(newNetwork(), names(30))];
    let household = 0;
    for (let host = 1; host <= 8; host++) household += (await spray(`2001:db8:0:1::${host}`, names(10))).tried;
    const allowed = allowedSince(startMs);
    expect(one.tried).toBeLessThanOrEqual(allowed);
    expect(two.tried).toBeLessThanOrEqual(allowed);
    expect(household).toBeLessThanOrEqual(allowed);
    expect(Math.min(one.tried, two.tried, household)).toBeGreaterThanOrEqual(LOGINS_PER_MINUTE);
  });

  test('does not keep others of their accounts from logging in', async () => {
    const { username } = await register();
    await spray(
      newNetwork(),
      Array.from({ length: 4 }, () => username),
    );
    const { data } = await send(operations.LogInDocument, { input: { identifier: username, password: PASSWORD } });
    expect(data!.logIn!.errors).toEqual([]);
  });
});

describe('a session', () => {
  test('is new with each login, whatever the client sends with it', async () => {
    const [attacker, victim] = [await register(), await register()];
    const input = { identifier: victim.username, password: PASSWORD };
    const cookie = `session=${sessionOf(attacker.token)}; accessToken=${attacker.token}`;
    const headers = { cookie, 'x-session-id': sessionOf(attacker.token), 'idempotency-key': 'the-same-key' };
    const opened = [];
    for (const sent of [{}, { token: attacker.token }, { token: attacker.token, headers }, { token: victim.token }]) {
      const { data } = await send(operations.LogInDocument, { input }, sent);
      opened.push(data!.logIn!);
    }
    const sessions = [attacker.token, victim.token, ...opened.map(({ accessToken }) => accessToken!)].map(sessionOf);
    expect(new Set(sessions).size).toBe(sessions.length);
    const refreshTokens = [attacker.refreshToken, ...opened.map(({ refreshToken }) => refreshToken)];
    expect(new Set(refreshTokens).size).toBe(refreshTokens.length);
    expect(await nameOf(attacker.token)).toBe(attacker.username);
    for (const { accessToken } of opened) expect(await nameOf(accessToken!)).toBe(victim.username);
  });

  test('cannot be chosen by an input', async () => {
    const { username, token } = await register();
    const input = { identifier: username, password: PASSWORD };
    for (const more of [{ sessionId: sessionOf(token) }, { accessToken: token }, { refreshToken: 'a'.repeat(43) }]) {
      const { errors } = await send(operations.LogInDocument, { input: { ...input, ...more } });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test.each([0, 1, 2, 3, 4, 5])('ends if refresh token %i of a chain of seven is used again', async (depth) => {
    const { token, refreshToken } = await register();
    const refresh = async (current: string) => {
      const { data } = await send(operations.RefreshSessionDocument, { input: { refreshToken: current } });
      return data!.refreshSession!;
    };
    const chain = [refreshToken];
    const accessTokens = [token];
    while (chain.length < 7) {
      const { refreshToken: next, accessToken } = await refresh(chain.at(-1)!);
      chain.push(next!);
      accessTokens.push(accessToken!);
    }
    // The last token but one is repeated to a client that lost the answer. A thief comes later than that.
    await platform.environment.database.pool.query(
      `UPDATE "user".session SET rotated_at = rotated_at - interval '11 seconds' WHERE id = $1`,
      [sessionOf(token)],
    );
    expect(await nameOf(accessTokens.at(-1)!)).not.toBeNull();
    expect((await refresh(chain[depth]!)).errors).toMatchObject([{ code: 'REFRESH_TOKEN_INVALID' }]);
    for (const one of chain) expect((await refresh(one)).accessToken).toBeNull();
    for (const one of accessTokens) expect(await nameOf(one)).toBeNull();
  });
});

describe('a client that says the platform is elsewhere', () => {
  test('changes no link in a mail, and no header of it', async () => {
    const headers = { ...ELSEWHERE, 'user-agent': 'evil.example/1.0 (Bcc: b@evil.example)', 'accept-language': 'evil' };
    const { email, token, username } = await register({ headers });
    const { token: verification } = await mailbox.received(email, /Verify/);
    await send(operations.VerifyEmailDocument, { input: { token: verification! } }, { headers });
    await send(operations.RequestPasswordResetDocument, { input: { email } }, { headers });
    await mailbox.received(email, /Reset/);
    await send(operations.LogInDocument, { input: { identifier: username, password: PASSWORD } }, { headers });
    await mailbox.received(email, /New login/);
    const change = { email: `new.${email}`, password: PASSWORD };
    await send(operations.ChangeEmailDocument, { input: change }, { token, headers });
    await mailbox.received(change.email, /Verify/);
    const directory = mailbox.env.MAIL_DIRECTORY!;
    const mails = await Promise.all(
      (await readdir(directory))
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFile(`${directory}/${name}`, 'utf8')),
    );
    expect(mails.length).toBeGreaterThanOrEqual(5);
    for (const mail of mails) {
      expect(mail).not.toContain('evil.example');
      const [head] = mail.split('\r\n\r\n');
      const names = head!
        .replaceAll(/\r\n[ \t]+/g, ' ')
        .split('\r\n')
        .map((line) => line.split(':')[0]!.toLowerCase());
      expect(names.toSorted()).toEqual(
        ['content-language', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'].toSorted(),
      );
      for (const link of mail.replaceAll('=\r\n', '').match(/https?:\/\/[^\s"<]+/g) ?? [])
        expect(link).toMatch(/^https:\/\/tintype\.example\/(verify-email|reset-password)#/);
    }
  });

  test('changes no page of a post, link, cursor or upload', async () => {
    const author = await register();
    const ids = [await publish(author, 'a photo'), await publish(author, 'another photo')];
    const [path] = [`/p/${ids[0]}`.replace('Post_', '')];
    const page = async (headers: Record<string, string>) => {
      const response = await open(path, 'GET', { accept: 'text/html', ...headers });
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    };
    const { etag, ...plain } = (await page({})).headers;
    const claimed = await page(ELSEWHERE);
    expect(claimed.status).toBe(200);
    expect(claimed.body).toContain(`<meta property="og:url" content="${PUBLIC_URL}${path}">`);
    expect(JSON.stringify(claimed)).not.toContain('evil.example');
    // A cache may give it to everybody.
    expect(claimed.headers.etag).toBe(etag);
    expect(Object.keys(claimed.headers).toSorted()).toEqual(['etag', ...Object.keys(plain)].toSorted());

    const sent = { token: author.token, headers: ELSEWHERE };
    const answers = [
      await send(operations.PostDocument, { id: ids[0]! }, sent),
      await send(operations.PostByLinkDocument, { link: `${PUBLIC_URL}${path}` }, sent),
      await send(operations.HomeFeedDocument, { first: 1 }, sent),
      await send(
        operations.CreateUploadDocument,
        { input: { files: [{ contentType: 'image/jpeg', byteSize: 9 }] } },
        sent,
      ),
    ];
    for (const answer of answers) {
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer)).not.toContain('evil');
    }
    expect(answers[1]).toMatchObject({ data: { post: { id: ids[0], link: `${PUBLIC_URL}${path}` } } });
    // A link of another platform is none of ours, whatever the client says.
    const foreign = await send(operations.PostByLinkDocument, { link: `https://evil.example${path}` }, sent);
    expect(foreign.data).toEqual({ post: null });
  });
});
