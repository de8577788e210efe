import { StoreError } from '@tintype/viewer';
import { expect, test } from 'vitest';
import { createAsk } from './ask.ts';

test('a Redis that does not answer is not waited for by each caller', async () => {
  const ask = createAsk(1);
  let calls = 0;
  const call = () => {
    calls += 1;
    return new Promise<string>(() => undefined);
  };
  for (let n = 0; n < 20; n++) await expect(ask(call)).rejects.toThrow(StoreError);
  expect(calls).toBeLessThan(20);
});

test('calls are made again once one was answered', async () => {
  const ask = createAsk(1);
  for (let n = 0; n < 2; n++) await expect(ask(() => new Promise(() => undefined))).rejects.toThrow(StoreError);
  for (let n = 0; n < 20; n++) expect(await ask(async () => n)).toBe(n);
});

test('a fault of the call itself is no outage', async () => {
  const ask = createAsk(1000);
  const wrong = async () => {
    throw new Error('WRONGTYPE');
  };
  for (let n = 0; n < 20; n++) await expect(ask(wrong)).rejects.toThrow('WRONGTYPE');
});
