import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '@tintype/s3';
import { mediaSettings } from '@tintype/service';
import { createEnvironment, eventually } from '@tintype/testing';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeServiceFiles, type ServiceName, type Services, servicePathsOf, startServices } from '../src/index.ts';

async function start(
  needs: readonly ServiceName[],
  directory?: string,
): Promise<{ services: Services; directory: string; remove(): Promise<void> }> {
  const dataDirectory = directory ?? (await mkdtemp(join(tmpdir(), 'tintype-services-test-')));
  const services = await startServices({ needs, dataDirectory, env: {}, report: () => undefined });
  return {
    services,
    directory: dataDirectory,
    async remove() {
      await services.stop();
      await removeServiceFiles(servicePathsOf(dataDirectory));
    },
  };
}

async function postgresSays(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

const redisAt = (url: string) => createClient({ url });

async function redisSays<T>(url: string, ask: (client: ReturnType<typeof redisAt>) => Promise<T>): Promise<T> {
  const client = redisAt(url);
  client.on('error', () => undefined);
  await client.connect();
  const answer = await ask(client);
  await client.close();
  return answer;
}

describe('services of a directory', () => {
  test('keep their data over a restart, all but Redis, which comes back empty and never with a gap', async () => {
    const { services, remove } = await start(['postgres', 'redis']);
    const { DATABASE_URL, REDIS_URL } = services.env as { DATABASE_URL: string; REDIS_URL: string };
    try {
      await postgresSays(DATABASE_URL, 'CREATE TABLE kept (x int)');
      await redisSays(REDIS_URL, (client) => client.set('lost', '1'));
      await services.handles.postgres!.restart();
      await services.handles.redis!.restart();
      expect(await postgresSays(DATABASE_URL, 'SELECT * FROM kept')).toEqual([]);
      expect(await redisSays(REDIS_URL, (client) => client.dbSize())).toBe(0);
    } finally {
      await remove();
    }
  });

  test('are started again when they end by themselves', async () => {
    const { services, remove } = await start(['redis']);
    try {
      const before = services.handles.redis!.pid()!;
      process.kill(before, 'SIGKILL');
      await eventually(async () => {
        expect(services.handles.redis!.pid()).not.toBe(before);
        expect(await redisSays(services.env.REDIS_URL!, (client) => client.ping())).toBe('PONG');
      });
    } finally {
      await remove();
    }
  });

  test('have other ports and data than those of another directory, and the same ones at the next start', async () => {
    const [one, other] = await Promise.all([start(['redis', 'nats']), start(['redis', 'nats'])]);
    expect(one.services.env.REDIS_URL).not.toBe(other.services.env.REDIS_URL);
    await redisSays(one.services.env.REDIS_URL!, (client) => client.set('whose', 'one'));
    expect(await redisSays(other.services.env.REDIS_URL!, (client) => client.get('whose'))).toBeNull();
    await one.services.stop();
    const again = await start(['redis', 'nats'], one.directory);
    expect(again.services.env).toEqual(one.services.env);
    await Promise.all([again.remove(), other.remove()]);
  });

  test('are taken from the environment if it names them, and a wrong address is reported', async () => {
    const { services, remove } = await start(['redis']);
    const directory = await mkdtemp(join(tmpdir(), 'tintype-services-test-'));
    const use = (REDIS_URL: string) =>
      startServices({ needs: ['redis'], dataDirectory: directory, env: { REDIS_URL }, report: () => undefined });
    try {
      const used = await use(services.env.REDIS_URL!);
      expect(used.handles.redis).toBeUndefined();
      await used.stop();
      await expect(use('redis://127.0.0.1:1')).rejects.toThrow(/Redis: nothing usable answers at REDIS_URL/);
    } finally {
      await remove();
      await removeServiceFiles(servicePathsOf(directory));
    }
  });
});

describe('the object store', () => {
  let store: ObjectStore;
  let close: () => Promise<void>;
  let publicUrl: string;
  beforeAll(async () => {
    const environment = await createEnvironment();
    store = environment.store;
    publicUrl = environment.config.of(mediaSettings).mediaBaseUrl;
    close = () => environment.close();
    await store.ensureBucket('renditions/');
    await store.ensureBucket('renditions/');
  });
  afterAll(() => close());

  async function send(bytes: number, change: { type?: string; key?: string } = {}): Promise<number> {
    const form = await store.presignForm({
      key: 'originals/1',
      contentType: 'image/png',
      byteSize: 10,
      expiresInS: 60,
    });
    const body = new FormData();
    const fields = {
      ...form.fields,
      ...(change.type && { 'Content-Type': change.type }),
      ...(change.key && { key: change.key }),
    };
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append('file', new Blob([new Uint8Array(bytes)]));
    return (await fetch(form.url, { method: 'POST', body })).status;
  }

  test('accepts only what the form allows', async () => {
    expect(await send(10)).toBe(204);
    expect(await store.head('originals/1')).toMatchObject({ byteSize: 10 });
    for (const refused of [send(9), send(11), send(10, { type: 'image/jpeg' }), send(10, { key: 'originals/2' })]) {
      expect(await refused).toBeGreaterThanOrEqual(400);
    }
    expect(await store.head('originals/2')).toBeNull();
  });

  test('lets anybody read renditions, and nobody originals', async () => {
    await store.writeImmutable('renditions/1', Buffer.from('x'), 'image/webp');
    const rendition = await fetch(`${publicUrl}/renditions/1`);
    expect(rendition.status).toBe(200);
    expect(rendition.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${publicUrl}/originals/1`)).status).toBe(403);
    expect((await fetch(`${publicUrl}/`)).status).toBe(403);
  });

  test('distinguishes a missing object from a failure, and does not read beyond the limit', async () => {
    await expect(store.read('originals/none', 10)).rejects.toThrow('There is no object');
    await expect(store.read('originals/1', 9)).rejects.toThrow(RangeError);
    expect((await store.read('originals/1', 10)).byteLength).toBe(10);
    await store.remove('originals/1');
    expect(await store.head('originals/1')).toBeNull();
  });
});
