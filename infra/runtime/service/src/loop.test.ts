import { createLog } from '@tintype/telemetry';
import { expect, test } from 'vitest';
import { createLoop } from './loop.ts';

const log = createLog({ name: 'test', level: 'silent' });
const NEVER_MS = 1_000_000;

test('works at once, and again whenever it is woken', async () => {
  let times = 0;
  const loop = createLoop({ name: 'test', everyMs: NEVER_MS, work: async () => ++times, log });
  await loop.start();
  await expect.poll(() => times).toBe(1);
  loop.wake();
  await expect.poll(() => times).toBe(2);
  await loop.stop();
  loop.wake();
  expect(times).toBe(2);
});

test('works again if it was woken while working', async () => {
  let times = 0;
  let end = () => {};
  const work = () => {
    times += 1;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  const loop = createLoop({ name: 'test', everyMs: NEVER_MS, work, log });
  await loop.start();
  await expect.poll(() => times).toBe(1);
  loop.wake();
  end();
  await expect.poll(() => times).toBe(2);
  end();
  await loop.stop();
});

test('waits after a failure even if it is woken, and continues', async () => {
  let times = 0;
  const work = async () => {
    times += 1;
    if (times === 1) throw new Error('away');
  };
  const loop = createLoop({ name: 'test', everyMs: NEVER_MS, afterFaultMs: 50, work, log });
  const began = performance.now();
  await loop.start();
  loop.wake();
  await expect.poll(() => times).toBe(2);
  expect(performance.now() - began).toBeGreaterThan(45);
  await loop.stop();
});

test('stops after the work that is under way, and without waiting for its next time', async () => {
  const seen: boolean[] = [];
  const work = async (signal: AbortSignal) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push(signal.aborted);
  };
  const loop = createLoop({ name: 'test', everyMs: NEVER_MS, work, log });
  await loop.start();
  await loop.stop();
  expect(seen).toEqual([true]);
  await loop.start();
  await expect.poll(() => seen).toHaveLength(2);
  await loop.stop();
});
