import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createConnectionQuotas } from './connection.quotas.ts';

describe('connection quotas', () => {
  test("never exceed the total or a client's quota, and leave nobody waiting for a free one", async () => {
    const step = fc.record({ client: fc.constantFrom('a', 'b', 'c'), takes: fc.boolean() });
    const limits = fc
      .integer({ min: 1, max: 6 })
      .chain((max) => fc.record({ max: fc.constant(max), quota: fc.integer({ min: 1, max }) }));
    const property = fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async ({ max, quota }, steps) => {
      const quotas = createConnectionQuotas({ max, quota });
      const held: { client: string; release(): void }[] = [];
      const wanted: Promise<void>[] = [];
      const waiting = new Map<string, number>();
      for (const { client, takes } of steps) {
        if (takes) {
          waiting.set(client, (waiting.get(client) ?? 0) + 1);
          wanted.push(
            quotas.take(client, 10_000).then((release) => {
              waiting.set(client, waiting.get(client)! - 1);
              held.push({ client, release });
            }),
          );
        } else held.shift()?.release();
        await new Promise(setImmediate);
        const heldBy = (name: string) => held.filter((one) => one.client === name).length;
        expect(held.length).toBeLessThanOrEqual(max);
        for (const name of ['a', 'b', 'c']) {
          expect(heldBy(name)).toBeLessThanOrEqual(quota);
          const couldHave = held.length < max && heldBy(name) < quota;
          expect(couldHave && (waiting.get(name) ?? 0) > 0).toBe(false);
        }
      }
      while (held.length > 0) {
        held.shift()!.release();
        await new Promise(setImmediate);
      }
      await Promise.all(wanted);
      expect(quotas.waiting()).toBe(0);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('go to clients in turn, however many one of them waits for', async () => {
    const quotas = createConnectionQuotas({ max: 1, quota: 1 });
    const first = await quotas.take('busy', 1000);
    const order: string[] = [];
    const take = async (client: string) => {
      const release = await quotas.take(client, 1000);
      order.push(client);
      release();
    };
    const all = [take('busy'), take('busy'), take('busy'), take('other')];
    first();
    await Promise.all(all);
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  test('are refused to a client that waited in vain, and to everybody behind a thousand', async () => {
    const quotas = createConnectionQuotas({ max: 1, quota: 1 });
    await quotas.take('a', 1000);
    await expect(quotas.take('a', 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
    const waiting = Array.from({ length: 1000 }, () => quotas.take('b', 20));
    const all = Promise.allSettled(waiting);
    await expect(quotas.take('c', 20)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    expect(quotas.waiting()).toBe(0);
  });
});
