import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createConnectionShares } from './connection.shares.ts';

describe('shares of a pool', () => {
  test("never exceed the total or a client's share, and leave nobody waiting for a free one", async () => {
    const step = fc.record({ client: fc.constantFrom('a', 'b', 'c'), takes: fc.boolean() });
    const limits = fc
      .integer({ min: 1, max: 6 })
      .chain((max) => fc.record({ max: fc.constant(max), share: fc.integer({ min: 1, max }) }));
    const property = fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async ({ max, share }, steps) => {
      const shares = createConnectionShares({ max, share });
      const held: { client: string; release(): void }[] = [];
      const wanted: Promise<void>[] = [];
      const waiting = new Map<string, number>();
      for (const { client, takes } of steps) {
        if (takes) {
          waiting.set(client, (waiting.get(client) ?? 0) + 1);
          wanted.push(
            shares.take(client, 10_000).then((release) => {
              waiting.set(client, waiting.get(client)! - 1);
              held.push({ client, release });
            }),
          );
        } else held.shift()?.release();
        await new Promise(setImmediate);
        const heldBy = (name: string) => held.filter((one) => one.client === name).length;
        expect(held.length).toBeLessThanOrEqual(max);
        for (const name of ['a', 'b', 'c']) {
          expect(heldBy(name)).toBeLessThanOrEqual(share);
          const couldHave = held.length < max && heldBy(name) < share;
          expect(couldHave && (waiting.get(name) ?? 0) > 0).toBe(false);
        }
      }
      while (held.length > 0) {
        held.shift()!.release();
        await new Promise(setImmediate);
      }
      await Promise.all(wanted);
      expect(shares.waiting()).toBe(0);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('go to clients in turn, however many one of them waits for', async () => {
    const shares = createConnectionShares({ max: 1, share: 1 });
    const first = await shares.take('busy', 1000);
    const order: string[] = [];
    const take = async (client: string) => {
      const release = await shares.take(client, 1000);
      order.push(client);
      release();
    };
    const all = [take('busy'), take('busy'), take('busy'), take('other')];
    first();
    await Promise.all(all);
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  test('are refused to a client that waited in vain, and to everybody behind a thousand', async () => {
    const shares = createConnectionShares({ max: 1, share: 1 });
    await shares.take('a', 1000);
    await expect(shares.take('a', 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
    const waiting = Array.from({ length: 1000 }, () => shares.take('b', 20));
    const all = Promise.allSettled(waiting);
    await expect(shares.take('c', 20)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    expect(shares.waiting()).toBe(0);
  });
});
