import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@tintype/testing';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

type DataExport = {
  state: string;
  done: number;
  total: number | null;
  byteSize: string | null;
  expiresAt: string | null;
  failureReason: string | null;
  url: string | null;
};

const FIELDS = 'state done total byteSize expiresAt failureReason url';
const ERRORS = 'errors { code path }';
const WAIT = { timeoutMs: 30_000, everyMs: 100 };

let fixture: AccountFixture;
let files: Server;
/** What the store of photos answers. */
let status = 200;
/** Of everybody. */
const followers: bigint[] = [];
beforeAll(async () => {
  files = createServer((request, response) => response.writeHead(status).end(`bytes of ${request.url}`));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const { port } = files.address() as AddressInfo;
  const file = (path: string) => ({ path, url: `http://127.0.0.1:${port}/${path}` });
  const posts = [1, 2, 3].map((id) => ({
    cursor: String(id),
    caption: `Tide ${id} <b>`,
    publishedAt: '2026-11-30T10:42:00.000Z',
    photos: [{ altText: '', original: file(`photos/${id}-1.jpg`), preview: file(`photos/${id}-1-preview.webp`) }],
  }));
  fixture = await startAccountFixture(
    {},
    {
      post: {
        exportedPosts: ({ after, first }) => ({
          exportedPosts: posts.filter(({ cursor }) => BigInt(cursor) > BigInt(after)).slice(0, first),
        }),
      },
      'social-graph': {
        socialGraphRecords: ({ kind, after }) => ({
          socialGraphRecords:
            kind === 'FOLLOWERS' && after === '0'
              ? followers.map((userId, index) => {
                  return { cursor: String(index + 1), otherId: String(userId), json: `{"user":"User_${userId}"}` };
                })
              : [],
        }),
      },
    },
  );
  await fixture.environment.store.ensureBucket('renditions/');
});
afterAll(async () => {
  files?.close();
  await fixture?.close();
});

const ask = async ({ viewer }: Account, code?: string, password = PASSWORD) =>
  fixture.mutate<{ dataExport: DataExport | null }>(
    'requestDataExport',
    { password, ...(code !== undefined && { code }) },
    `dataExport { ${FIELDS} } ${ERRORS}`,
    viewer,
  );
const find = async ({ viewer }: Account) =>
  (await fixture.query<{ dataExport: DataExport | null }>(`{ dataExport { ${FIELDS} } }`, viewer)).dataExport;
const ready = (account: Account) =>
  eventually(async () => {
    const found = await find(account);
    expect(found).toMatchObject({ state: 'READY' });
    return found!;
  }, WAIT);
const download = async (url: string) => {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const zip = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return {
    names: Object.keys(zip),
    text: (name: string) => new TextDecoder().decode(zip[name]),
    disposition: response.headers.get('content-disposition'),
  };
};
const sql = (text: string, values: unknown[]) => fixture.environment.database.pool.query(text, values);
const objectsOf = ({ viewer }: Account) => fixture.environment.store.list(`exports/${viewer.userId}/`);

describe('an export', () => {
  test('takes the password, is written by a worker, and can be downloaded for five minutes with one address', async () => {
    const account = await fixture.registerVerified();
    expect(await find(account)).toBeNull();
    expect((await ask(account, undefined, 'a wrong password')).errors).toEqual([
      { code: 'PASSWORD_WRONG', path: ['input', 'password'] },
    ]);
    const first = await ask(account);
    expect(first).toMatchObject({ dataExport: { byteSize: null, url: null }, errors: [] });
    const { url, byteSize, done, total, expiresAt } = await ready(account);
    expect(done).toBe(total);
    expect(Date.parse(expiresAt!) - Date.now()).toBeGreaterThan(6.9 * 24 * 3600_000);
    expect(new URL(url!).searchParams.get('X-Amz-Expires')).toBe('300');
    const zip = await download(url!);
    expect(zip.disposition).toMatch(/^attachment; filename="tintype-\d{4}-\d\d-\d\d\.zip"$/);
    expect(Number(byteSize)).toBeGreaterThan(1000);
    expect(zip.names).toEqual(
      expect.arrayContaining(['account.json', 'posts.json', 'likes.json', 'index.html', 'photos/3-1-preview.webp']),
    );
    expect(zip.text('photos/2-1.jpg')).toBe('bytes of /photos/2-1.jpg');
    expect(zip.text('index.html')).toContain('Tide 1 &lt;b&gt;');
    expect(JSON.parse(zip.text('account.json'))).toMatchObject([
      {
        id: `User_${account.viewer.userId}`,
        username: account.username,
        email: account.email,
        twoFactorEnabledAt: null,
      },
    ]);
    expect(JSON.parse(zip.text('sessions.json'))).toHaveLength(1);
    expect(JSON.parse(zip.text('likes.json'))).toEqual([]);
    // Without the address, nobody can read it.
    expect((await fetch(url!.split('?')[0]!)).status).toBe(403);
    const mail = await fixture.mailbox.received(account.email, /can be downloaded/);
    expect(mail.link).toBe('https://tintype.example/data-export');
    expect(mail.text).not.toContain('X-Amz');
  });

  test('has no secrets', async () => {
    const account = await fixture.registerVerified();
    await ask(account);
    const zip = await download((await ready(account)).url!);
    const { rows } = await sql('SELECT password_hash AS hash FROM "user".credential WHERE user_id = $1', [
      account.viewer.userId,
    ]);
    const all = zip.names.map(zip.text).join('\n');
    for (const secret of [rows[0].hash, account.refreshToken, 'argon2', 'refreshHash', 'familyHash'])
      expect(all).not.toContain(secret);
  });

  test('names people whose account is active', async () => {
    const [account, other, gone] = [
      await fixture.registerVerified(),
      await fixture.register(),
      await fixture.register(),
    ];
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, ERRORS, gone.viewer);
    followers.push(other.viewer.userId, gone.viewer.userId);
    await ask(account);
    const zip = await download((await ready(account)).url!);
    expect(JSON.parse(zip.text('followers.json'))).toEqual([
      { username: other.username, user: `User_${other.viewer.userId}` },
      { user: `User_${gone.viewer.userId}` },
    ]);
  });

  test('is made once at a time, and once in 24 hours', async () => {
    const account = await fixture.registerVerified();
    const asked = await Promise.all([1, 2, 3, 4].map(() => ask(account)));
    expect(asked.map(({ errors }) => errors)).toEqual([[], [], [], []]);
    const count = async () =>
      (await sql('SELECT count(*)::int AS n FROM "user".data_export WHERE user_id = $1', [account.viewer.userId]))
        .rows[0].n;
    expect(await count()).toBe(1);
    await ready(account);
    expect((await ask(account)).errors).toEqual([{ code: 'TOO_MANY_EXPORTS', path: [] }]);
    // A day later, the next one replaces it.
    await sql(`UPDATE "user".data_export SET requested_at = now() - interval '25 hours' WHERE user_id = $1`, [
      account.viewer.userId,
    ]);
    expect((await ask(account)).errors).toEqual([]);
    await ready(account);
    await eventually(async () => {
      expect(await count()).toBe(1);
      expect(await objectsOf(account)).toHaveLength(1);
    }, WAIT);
  });

  test('is removed after seven days, and with the account', async () => {
    const [expired, deleted] = [await fixture.registerVerified(), await fixture.registerVerified()];
    for (const account of [expired, deleted]) await ask(account);
    const { url } = await ready(expired);
    await ready(deleted);
    await sql(`UPDATE "user".data_export SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [
      expired.viewer.userId,
    ]);
    expect(await find(expired)).toBeNull();
    await fixture.mutate('deleteAccount', { password: PASSWORD }, ERRORS, deleted.viewer);
    await eventually(async () => {
      for (const account of [expired, deleted]) expect(await objectsOf(account)).toEqual([]);
      const { rows } = await sql('SELECT 1 FROM "user".data_export WHERE user_id = ANY($1)', [
        [expired.viewer.userId, deleted.viewer.userId],
      ]);
      expect(rows).toEqual([]);
    }, WAIT);
    expect((await fetch(url!)).status).toBe(404);
  });

  test('leaves out files that are gone, and is tried again when the store fails', async () => {
    const account = await fixture.registerVerified();
    status = 500;
    try {
      await ask(account);
      await eventually(async () => {
        const { rows } = await sql('SELECT attempts, state FROM "user".data_export WHERE user_id = $1', [
          account.viewer.userId,
        ]);
        expect(rows).toEqual([{ attempts: 1, state: 'PENDING' }]);
      }, WAIT);
      status = 404;
      await sql('UPDATE "user".data_export SET due_at = now() WHERE user_id = $1', [account.viewer.userId]);
      const { url, done, total } = await ready(account);
      expect(done).toBe(total);
      const { names } = await download(url!);
      expect(names).toContain('index.html');
      expect(names.filter((name) => name.startsWith('photos/'))).toEqual([]);
    } finally {
      status = 200;
    }
  });

  test('fails after five attempts, and another one can be requested at once', async () => {
    const account = await fixture.registerVerified();
    status = 500;
    try {
      await sql(`INSERT INTO "user".data_export (id, user_id, state, attempts) VALUES ($1, $2, 'PENDING', 4)`, [
        fixture.environment.ids.next(),
        account.viewer.userId,
      ]);
      await eventually(async () => expect(await find(account)).toMatchObject({ state: 'FAILED', url: null }), WAIT);
      expect((await find(account))!.failureReason).toMatch(/another one/);
    } finally {
      status = 200;
    }
    expect((await ask(account)).errors).toEqual([]);
    await ready(account);
  });
});
