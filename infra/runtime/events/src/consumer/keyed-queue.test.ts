import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyedQueue } from '#consumer/keyed-queue.ts';

describe('createKeyedQueue', () => {
  it('keeps the order of each key, never runs one key twice at once, and never more than its bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, concurrency) => {
          const queues = createKeyedQueue(concurrency);
          const busy = new Set<number>();
          const seen: [number, number][] = [];
          let faults = 0;
          await Promise.all(
            keys.map(
              (key, ordinal) =>
                new Promise<void>((resolve) =>
                  queues.add(`${key}`, async () => {
                    if (busy.has(key) || busy.size >= concurrency) faults += 1;
                    busy.add(key);
                    await sleep(0);
                    seen.push([key, ordinal]);
                    busy.delete(key);
                    resolve();
                  }),
                ),
            ),
          );
          const sequences = Map.groupBy(seen, ([key]) => key).values();
          for (const ofKey of sequences) {
            if (ofKey.some(([, ordinal], index) => index > 0 && ordinal < ofKey[index - 1]![1])) faults += 1;
          }
          return faults === 0 && seen.length === keys.length;
        },
      ),
      { numRuns: 30 },
    );
  });

  it('lets other keys in between the work of a busy one', async () => {
    const queues = createKeyedQueue(1);
    const seen: string[] = [];
    const done = new Promise<void>((resolve) => {
      for (const key of ['a', 'a', 'a', 'b']) {
        queues.add(key, async () => {
          seen.push(key);
          if (seen.length === 4) resolve();
        });
      }
    });
    await done;
    expect(seen).toEqual(['a', 'b', 'a', 'a']);
  });
});
