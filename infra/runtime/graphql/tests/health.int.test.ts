import { afterEach, expect, test } from 'vitest';
import { type Ready, serveHealth } from '../src/index.ts';

let served: Awaited<ReturnType<typeof serveHealth>> | undefined;
afterEach(() => served?.close());

async function serve(ready: Ready): Promise<(path: string) => Promise<{ status: number; text: string }>> {
  served = await serveHealth({ listen: { host: '127.0.0.1', port: 0 }, ready });
  const { url } = served;
  return async (path) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, text: await response.text() };
  };
}

test('a process is ready while any of its parts responds, and lists those that do not', async () => {
  let parts: Record<string, string> = { redis: 'ok', nats: 'ok' };
  const ask = await serve(async () => parts);
  expect(await ask('/readyz')).toEqual({ status: 200, text: JSON.stringify(parts) });
  parts = { redis: 'ok', nats: 'does not answer' };
  expect(await ask('/readyz')).toEqual({ status: 200, text: JSON.stringify(parts) });
  parts = { redis: 'does not answer', nats: 'does not answer' };
  expect(await ask('/readyz')).toEqual({ status: 503, text: JSON.stringify(parts) });
});

test('a process that is about to end is not ready, whatever answers', async () => {
  const ask = await serve(async () => ({ redis: 'ok' }));
  served!.drain();
  expect(await ask('/readyz')).toEqual({ status: 503, text: '{"process":"draining"}' });
  expect((await ask('/healthz')).status).toBe(200);
});

test('parts that hang or fail are reported in time, with one check for all concurrent callers', async () => {
  let asked = 0;
  const ask = await serve(() => {
    asked += 1;
    return new Promise(() => undefined);
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/readyz')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(answers[0]!.text).toContain('within 1000 ms');
  expect(asked).toBeLessThan(20);
});

test('liveness and metrics work whatever else is unavailable', async () => {
  const ask = await serve(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7')));
  expect((await ask('/healthz')).status).toBe(200);
  expect(await ask('/readyz')).toEqual({ status: 503, text: '{"process":"the parts could not be asked"}' });
  expect((await ask('/metrics')).text).toContain('process_cpu_seconds_total');
});
