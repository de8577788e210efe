import { expect, test } from 'vitest';
import { createConnectGate } from './connect.gate.ts';

const never = () => new Promise<void>(() => undefined);

test('makes no more connections at once than it may, and the others in their order', async () => {
  const gate = createConnectGate(2, never);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((one) =>
    gate(async () => {
      begun.push(one);
      await new Promise<void>((resolve) => ends.push(resolve));
      return one;
    }, 60_000),
  );
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);
  ends[1]!();
  await all[1];
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2]);
  ends[0]!();
  await all[0];
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
});

test('a connection that fails makes room, and one that is late keeps those behind it from waiting for ever', async () => {
  const gate = createConnectGate(1, never);
  await expect(gate(() => Promise.reject(new Error('refused')), 1)).rejects.toThrow('refused');
  await expect(gate(async () => 'made', 1)).resolves.toBe('made');
  void gate(never, 1);
  await expect(gate(async () => 'made', 1)).rejects.toEqual(expect.objectContaining({ code: 'UNAVAILABLE' }));
});

test('waits no longer for those that are forgotten', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const gate = createConnectGate(1, () => promise);
  void gate(never, 1);
  const next = gate(async () => 'made', 60_000);
  resolve();
  await expect(next).resolves.toBe('made');
});
