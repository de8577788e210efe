import { s3Settings } from '@tintype/service';
import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ObjectMissingError } from '../src/index.ts';

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment({ env: { CORS_ORIGINS: 'https://app.example.org' } });
  // Several processes start at the same time.
  await Promise.all([1, 2, 3].map(() => environment.store.ensureBucket('open/')));
});
afterAll(() => environment.close());

const urlOf = (key: string) => {
  const { publicEndpoint, bucket } = environment.config.of(s3Settings);
  return `${publicEndpoint}/${bucket}/${key}`;
};

describe('an object', () => {
  test('is readable by anyone under the public prefix alone', async () => {
    const { store } = environment;
    await store.writeImmutable('open/a', Buffer.from('shown'), 'text/plain');
    await store.writeImmutable('closed/a', Buffer.from('hidden'), 'text/plain');
    const shown = await fetch(urlOf('open/a'));
    expect([shown.status, await shown.text()]).toEqual([200, 'shown']);
    expect(shown.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(urlOf('closed/a'))).status).toBe(403);
    expect((await fetch(urlOf(''))).status).toBe(403);
    expect((await fetch(urlOf('open/b'), { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(urlOf('open/a'), { method: 'DELETE' })).status).toBe(403);
  });

  test('is read whole, or not at all if it is too large or missing', async () => {
    const { store } = environment;
    await store.writeImmutable('closed/b', Buffer.alloc(1000, 7), 'image/png');
    expect(await store.head('closed/b')).toEqual({ byteSize: 1000, contentType: 'image/png' });
    expect((await store.read('closed/b', 1000)).equals(Buffer.alloc(1000, 7))).toBe(true);
    await expect(store.read('closed/b', 999)).rejects.toThrow(RangeError);
    await expect(store.read('closed/none', 999)).rejects.toThrow(ObjectMissingError);
    expect(await store.head('closed/none')).toBeNull();
  });

  test('can be removed twice', async () => {
    const { store } = environment;
    await store.writeImmutable('closed/c', Buffer.from('x'), 'text/plain');
    for (const _ of [1, 2]) await store.remove('closed/c');
    expect(await store.head('closed/c')).toBeNull();
  });
});

describe('a form', () => {
  const send = async (expiresInS: number) => {
    const key = `closed/form-${expiresInS}`;
    const { url, fields } = await environment.store.presignForm({
      key,
      contentType: 'image/png',
      byteSize: 5,
      expiresInS,
    });
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append('file', new Blob(['12345'], { type: 'image/png' }));
    return fetch(url, { method: 'POST', body });
  };

  test('works until its time is over', async () => {
    expect((await send(300)).status).toBe(204);
    expect(await environment.store.head('closed/form-300')).toEqual({ byteSize: 5, contentType: 'image/png' });
    expect((await send(-1)).status).toBe(403);
  });

  test('may be sent from pages of our origins alone', async () => {
    const { url } = await environment.store.presignForm({
      key: 'closed/x',
      contentType: 'image/png',
      byteSize: 5,
      expiresInS: 60,
    });
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const { status, headers: answered } = await fetch(url, { method: 'OPTIONS', headers });
      return [status, answered.get('access-control-allow-origin')];
    };
    expect(await preflight('https://app.example.org')).toEqual([200, 'https://app.example.org']);
    expect(await preflight('https://elsewhere.example.org')).toEqual([403, null]);
  });
});
