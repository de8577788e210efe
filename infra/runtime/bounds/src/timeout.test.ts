import { expect, test, vi } from 'vitest';
import { TimeoutError, withTimeout } from './timeout.ts';

const never = () => new Promise<never>(() => undefined);

test('resolves to the result of the work, and does not abort its signal', async () => {
  const work = vi.fn(async (_signal: AbortSignal) => 'done');
  expect(await withTimeout(work, { ms: 1000 })).toBe('done');
  expect(work.mock.calls[0]![0].aborted).toBe(false);
});

test('stops waiting at the timeout and aborts the signal of the work', async () => {
  const work = vi.fn((_signal: AbortSignal) => never());
  await expect(withTimeout(work, { ms: 1 })).rejects.toThrow(TimeoutError);
  expect(work.mock.calls[0]![0].reason).toBeInstanceOf(TimeoutError);
  await expect(withTimeout(never, { ms: 1, timeoutError: () => new RangeError() })).rejects.toThrow(RangeError);
});

test('stops waiting if a signal is aborted, with its reason or an error of the caller', async () => {
  const controller = new AbortController();
  const signals = [new AbortController().signal, controller.signal];
  const waits = [withTimeout(never, { ms: 60_000, signals })];
  waits.push(withTimeout(never, { ms: 60_000, signals, abortError: () => new RangeError('left') }));
  const settled = Promise.allSettled(waits);
  controller.abort(new Error('gone'));
  expect(await settled).toMatchObject([{ reason: { message: 'gone' } }, { reason: { message: 'left' } }]);
});

test('does not begin the work if a signal is aborted already', async () => {
  const work = vi.fn(never);
  const signals = [AbortSignal.abort(new Error('gone'))];
  await expect(withTimeout(work, { ms: 60_000, signals })).rejects.toThrow('gone');
  expect(work).not.toHaveBeenCalled();
});

test('fails with the error of the work', async () => {
  const work = vi.fn((_signal: AbortSignal) => Promise.reject(new Error('refused')));
  await expect(withTimeout(work, { ms: 1000 })).rejects.toThrow('refused');
  expect(work.mock.calls[0]![0].aborted).toBe(true);
});
