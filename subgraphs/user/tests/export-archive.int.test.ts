import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataExportJob } from '../src/data-export/data-export.job.ts';
import { createExportWriter } from '../src/data-export/export-writer.ts';
import { createPhotoClient } from './photo-client.ts';

const WAIT = { timeoutMs: 60_000, everyMs: 100 };

let environment: Environment;
let files: Server;
let port: number;
/** What each file has. */
let content: Buffer;
/** How long each file takes. */
let delayMs = 0;
beforeAll(async () => {
  environment = await createEnvironment();
  await environment.store.ensureBucket('renditions/');
  files = createServer((_request, response) => void setTimeout(() => response.end(content), delayMs));
  files.listen(0, '127.0.0.1');
  await once(files, 'listening');
  ({ port } = files.address() as AddressInfo);
});
afterAll(async () => {
  files?.close();
  await environment?.close();
});

const sql = (text: string, values: unknown[]) => environment.database.pool.query(text, values);

/** A person with a verified address, and their export that waits. */
async function waiting(): Promise<{ userId: bigint; id: bigint }> {
  const [userId, id] = [environment.ids.next(), environment.ids.next()];
  const name = `person${userId}`;
  await sql(
    `INSERT INTO "user".account (id, username, username_key, email, email_key, email_verified_at)
     VALUES ($1, $2, $2, $3, $3, now())`,
    [userId, name.slice(0, 30), `${name}@example.org`],
  );
  await sql('INSERT INTO "user".data_export (id, user_id) VALUES ($1, $2)', [id, userId]);
  return { userId, id };
}
const rowOf = async (id: bigint) =>
  (await sql('SELECT state, done, total, attempts FROM "user".data_export WHERE id = $1', [id])).rows[0];
const noticesOf = async (userId: bigint) =>
  (await sql('SELECT kind FROM "user".account_mail WHERE user_id = $1', [userId])).rows.map(({ kind }) => kind);

function startJob(posts: number) {
  const { database, ids, store, log } = environment;
  const client = createPhotoClient(posts, port);
  const writer = createExportWriter({ pool: database.pool, client, store });
  return createDataExportJob({ pool: database.pool, ids, store, writer, log, leaseMs: 2000 });
}

test('a process that is killed in the middle is replaced by another one, and there is one export', async () => {
  content = randomBytes(200_000);
  delayMs = 10;
  const POSTS = 200;
  const { userId, id } = await waiting();
  const path = fileURLToPath(new URL('export.child.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [path, environment.env.DATABASE_URL!, String(port), `${POSTS}`], {
    env: { ...process.env, ...environment.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // By then, the first part of the file is in the store.
  await eventually(async () => expect((await rowOf(id)).done).toBeGreaterThan(150), WAIT);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await rowOf(id)).toMatchObject({ state: 'RUNNING', attempts: 1 });
  delayMs = 0;
  const job = startJob(POSTS);
  await job.start();
  try {
    await eventually(async () => expect(await rowOf(id)).toMatchObject({ state: 'READY', attempts: 2 }), WAIT);
  } finally {
    await job.stop();
  }
  const folder = `exports/${userId}/${id}/`;
  expect(await environment.store.list(folder)).toEqual([`${folder}2.zip`]);
  expect(await noticesOf(userId)).toEqual(['DATA_EXPORT_READY']);
  const zip = unzipSync(new Uint8Array(await environment.store.read(`${folder}2.zip`, 2 ** 30)));
  const photos = Object.entries(zip).filter(([name]) => name.startsWith('photos/'));
  expect(photos).toHaveLength(2 * POSTS);
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(new Set(photos.map(([, bytes]) => hash(bytes)))).toEqual(new Set([hash(content)]));
}, 120_000);

test('a process that was thought dead cannot finish an export that another one has begun', async () => {
  content = randomBytes(1000);
  delayMs = 0;
  const { userId, id } = await waiting();
  const job = startJob(20);
  delayMs = 50;
  await job.start();
  try {
    await eventually(async () => expect((await rowOf(id)).state).toBe('RUNNING'), WAIT);
    await sql('UPDATE "user".data_export SET attempts = attempts + 1 WHERE id = $1', [id]);
    // It gives up, and begins again when the lease of the other one has ended.
    await eventually(async () => expect(await rowOf(id)).toMatchObject({ state: 'READY', attempts: 3 }), WAIT);
  } finally {
    await job.stop();
  }
  expect(await noticesOf(userId)).toEqual(['DATA_EXPORT_READY']);
  const folder = `exports/${userId}/${id}/`;
  expect(await environment.store.list(folder)).toEqual([`${folder}3.zip`]);
}, 60_000);

test('a job that is stopped leaves the export to the next one at once', async () => {
  content = randomBytes(1000);
  delayMs = 50;
  const { id } = await waiting();
  const job = startJob(200);
  await job.start();
  await eventually(async () => expect((await rowOf(id)).state).toBe('RUNNING'), WAIT);
  await job.stop();
  expect(await rowOf(id)).toMatchObject({ state: 'PENDING', attempts: 0 });
});

test('an account with 10,000 photos needs no more memory than a small one', async () => {
  content = randomBytes(20_000);
  delayMs = 0;
  const { id } = await waiting();
  const job = startJob(10_000);
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  await job.start();
  try {
    await eventually(async () => expect((await rowOf(id)).state).toBe('READY'), { timeoutMs: 400_000, everyMs: 200 });
  } finally {
    clearInterval(watch);
    await job.stop();
  }
  expect((await rowOf(id)).done).toBeGreaterThan(20_000);
  // The file has 400 MB. In memory are two parts of 16 MiB, and what the collector of garbage leaves for later.
  // The file has 400 MB. In memory are two parts of 16 MiB, and what the collector of garbage leaves for later.
  expect(most - before).toBeLessThan(300_000_000);
}, 420_000);
