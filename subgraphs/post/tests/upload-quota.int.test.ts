import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wirePost } from '../src/index.ts';

const CREATE =
  'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { uploads { id } errors { code path } } }';
const MIB = 1024 * 1024;

let environment: Environment;
let graph: TestSubgraphs;
beforeAll(async () => {
  const env = {
    UPLOAD_WAITING_FILES: '20',
    UPLOAD_WAITING_MIB: '60',
    UPLOAD_DAILY_FILES: '30',
    UPLOAD_DAILY_MIB: '100',
  };
  environment = await createEnvironment({ env });
  graph = await startSubgraphs(environment, { post: wirePost });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

/** The number of forms, or the code of the error. */
async function create(userId: bigint, files: number, byteSize = 1000): Promise<number | string> {
  const input = { files: Array.from({ length: files }, () => ({ contentType: 'image/jpeg', byteSize })) };
  type Data = { createUpload: { uploads: object[]; errors: { code: string; path: string[] }[] } };
  const { uploads, errors } = (await graph.ask<Data>('post', userId, CREATE, { input })).createUpload;
  if (errors.length > 0) expect([uploads, errors[0]!.path]).toEqual([[], ['input', 'files']]);
  return errors[0]?.code ?? uploads.length;
}

const rowsOf = async (userId: bigint) =>
  (await environment.database.pool.query('SELECT FROM post.upload WHERE owner_id = $1', [userId])).rowCount;

test('an account gets a limited number of unused forms, even with simultaneous requests', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => create(1n, 3)));
  expect(answers.filter((answer) => answer === 3)).toHaveLength(6);
  expect(answers.filter((answer) => answer === 'UPLOAD_QUOTA_EXCEEDED')).toHaveLength(2);
  expect(await rowsOf(1n)).toBe(18);
  expect(await create(1n, 2)).toBe(2);
  expect(await create(1n, 1)).toBe('UPLOAD_QUOTA_EXCEEDED');
  expect(await create(2n, 20)).toBe(20);
});

test('the unused forms of an account have a limited total size', async () => {
  expect(await create(3n, 1, 50 * MIB)).toBe(1);
  expect(await create(3n, 1, 11 * MIB)).toBe('UPLOAD_QUOTA_EXCEEDED');
  expect(await create(3n, 1, 10 * MIB)).toBe(1);
  expect(await create(3n, 1, 1)).toBe('UPLOAD_QUOTA_EXCEEDED');
});

test('used forms count for a day', async () => {
  const { pool } = environment.database;
  const use = () => pool.query('UPDATE post.upload SET consumed_at = now() WHERE owner_id = 4');
  expect(await create(4n, 20)).toBe(20);
  await use();
  expect(await create(4n, 11)).toBe('UPLOAD_QUOTA_EXCEEDED');
  expect(await create(4n, 10)).toBe(10);
  await use();
  expect(await create(4n, 1)).toBe('UPLOAD_QUOTA_EXCEEDED');
  await pool.query('UPDATE post.upload SET id = id - $1::bigint WHERE owner_id = 4', [BigInt(24 * 3600 * 1000) << 22n]);
  expect(await create(4n, 20)).toBe(20);
});
