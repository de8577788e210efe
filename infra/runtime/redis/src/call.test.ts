import { StoreError } from '@tintype/viewer';
import { expect, test } from 'vitest';
import { createRedisCaller } from './call.ts';

test('callers do not wait for a Redis that does not answer', async () => {
  const callRedis = createRedisCaller(1);
  let calls = 0;
  const call = () => {
    calls += 1;
    return new Promise<string>(() => undefined);
  };
  for (let n = 0; n < 20; n++) await expect(callRedis(call)).rejects.toThrow(StoreError);
  expect(calls).toBeLessThan(20);
});

test('calls are made again once one was answered', async () => {
  const callRedis = createRedisCaller(1);
  for (let n = 0; n < 2; n++) await expect(callRedis(() => new Promise(() => undefined))).rejects.toThrow(StoreError);
  for (let n = 0; n < 20; n++) expect(await callRedis(async () => n)).toBe(n);
});

test('an error of the call itself is not an outage', async () => {
  const callRedis = createRedisCaller(1000);
  const wrong = async () => {
    throw new Error('WRONGTYPE');
  };
  for (let n = 0; n < 20; n++) await expect(callRedis(wrong)).rejects.toThrow('WRONGTYPE');
});
