import { expect, test } from 'vitest';
import { BulkheadFullError, createBulkhead } from './bulkhead.ts';

test('lets so many in, so many wait in their order, and refuses the rest', async () => {
  const enter = createBulkhead({ atOnce: 2, waiting: 1 });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) =>
    enter(async () => {
      order.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
  const [one, two, three] = [work('one'), work('two'), work('three')];
  await expect(work('four')).rejects.toThrow(BulkheadFullError);
  expect(order).toEqual(['one', 'two']);
  ends[0]!();
  await one;
  await Promise.resolve();
  expect(order).toEqual(['one', 'two', 'three']);
  for (const end of ends) end();
  await Promise.all([two, three]);
  const again = work('again');
  expect(order).toContain('again');
  ends.at(-1)!();
  await again;
});

test('gives a place back when work fails', async () => {
  const enter = createBulkhead({ atOnce: 1, waiting: 0 });
  await expect(enter(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await enter(async () => 'in')).toBe('in');
});

test('refuses work that has waited too long, and gives its place to the next', async () => {
  const enter = createBulkhead({ atOnce: 1, waiting: 2, waitMs: 1 });
  let end = () => {};
  const first = enter(() => new Promise<void>((resolve) => (end = resolve)));
  await expect(enter(async () => 'never')).rejects.toThrow(BulkheadFullError);
  end();
  await first;
  expect(await enter(async () => 'in')).toBe('in');
});
