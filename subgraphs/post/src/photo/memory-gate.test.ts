import { expect, test } from 'vitest';
import { createMemoryGate } from './memory-gate.ts';

/** Work that ends when the test ends it. */
function pieces(sizes: readonly number[], total: number) {
  const gate = createMemoryGate(total);
  const running = new Set<number>();
  const ends = sizes.map(() => Promise.withResolvers<void>());
  const done = sizes.map((size, index) =>
    gate(size, async () => {
      running.add(index);
      await ends[index]!.promise.finally(() => running.delete(index));
    }),
  );
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    async running() {
      await nextTurn();
      return [...running];
    },
    async end(index: number) {
      ends[index]!.resolve();
      await done[index];
    },
    async fail(index: number) {
      ends[index]!.reject(new Error('failed'));
      await expect(done[index]).rejects.toThrow('failed');
    },
  };
}

test('as much runs as fits, in the order of arrival', async () => {
  const work = pieces([60, 40, 1, 0], 100);
  expect(await work.running()).toEqual([0, 1]);
  await work.end(1);
  expect(await work.running()).toEqual([0, 2, 3]);
});

test('what is larger than everything runs alone', async () => {
  const work = pieces([10, 1000, 10], 100);
  expect(await work.running()).toEqual([0]);
  await work.end(0);
  expect(await work.running()).toEqual([1]);
  await work.end(1);
  expect(await work.running()).toEqual([2]);
});

test('what fails gives its memory back', async () => {
  const work = pieces([100, 100], 100);
  await work.running();
  await work.fail(0);
  expect(await work.running()).toEqual([1]);
});
