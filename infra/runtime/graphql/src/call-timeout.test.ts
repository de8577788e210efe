import { currentFetchScope, type Identity, runInFetchScope } from '@tintype/viewer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withCallTimeout } from './call-timeout.ts';
import { SubgraphError } from './client.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const IDENTITY = {
  kind: 'visitor',
  viewer: null,
  requestId: 'r',
  operation: 'query',
  caller: { service: 'gateway', isInternal: false },
} as const;
const LIMITS = { queryMs: 800, mutationMs: 5000 };
const never = () => new Promise<never>(() => undefined);

function ask(
  given: Partial<Pick<Identity, 'operation' | 'deadline'>>,
  signal?: AbortSignal,
  work: Parameters<typeof withCallTimeout<unknown>>[3] = never,
) {
  const identity = { ...IDENTITY, ...given };
  return withCallTimeout('post', { query: '{ me }', identity, ...(signal && { signal }) }, LIMITS, work);
}

/** The duration of a call without a response. */
async function timeOf(call: Promise<unknown>): Promise<number> {
  const began = performance.now();
  const ended = call.then(
    () => 'answered',
    (error: SubgraphError) => error.code,
  );
  await vi.advanceTimersToNextTimerAsync();
  expect(await ended).toBe('UNAVAILABLE');
  return performance.now() - began;
}

test('a call takes no longer than its timeout, and no longer than its caller waits', async () => {
  expect(await timeOf(ask({}))).toBe(800);
  expect(await timeOf(ask({ operation: 'mutation' }))).toBe(5000);
  expect(await timeOf(ask({ deadline: performance.now() + 300 }))).toBeCloseTo(300);
  expect(await timeOf(ask({ operation: 'mutation', deadline: performance.now() + 300 }))).toBeCloseTo(300);
});

test('a fetch keeps time to respond if its own call gets no answer', async () => {
  const identity = IDENTITY;
  const scope = { identity, deadline: performance.now() + 500 };
  const inner = runInFetchScope(scope, () => timeOf(ask({})));
  expect(await inner).toBeLessThan(450);
});

test('a later fetch of a request is not bound by the deadline of an earlier one, whose identity its loaders have', async () => {
  const early = { ...IDENTITY, deadline: performance.now() - 1 };
  const scope = { identity: early, deadline: performance.now() + 800 };
  expect(await runInFetchScope(scope, () => ask(early, undefined, async () => 'answered'))).toBe('answered');
});

test.each(['the request', 'the fetch that asks'])('stops when nobody waits for %s any more', async (whose) => {
  const caller = new AbortController();
  const seen: AbortSignal[] = [];
  const identity = IDENTITY;
  const call = () =>
    ask({}, whose === 'the request' ? caller.signal : undefined, ({ signal }) => {
      seen.push(signal);
      return never();
    });
  const asked = runInFetchScope({ identity, signal: caller.signal }, call);
  const ended = expect(asked).rejects.toMatchObject({ code: 'ABANDONED' });
  caller.abort();
  await ended;
  expect(seen[0]?.aborted).toBe(true);
  await expect(ask({}, caller.signal, async () => 'asked all the same')).rejects.toMatchObject({ code: 'ABANDONED' });
  await expect(ask({ deadline: performance.now() })).rejects.toBeInstanceOf(SubgraphError);
});

test('a called subgraph knows how long its caller waits', async () => {
  let deadline: number | undefined;
  await ask({ deadline: performance.now() + 100 }, undefined, async ({ identity }) => {
    deadline = identity.deadline;
  });
  expect(deadline).toBeCloseTo(performance.now() + 100);
  expect(currentFetchScope()).toBeUndefined();
});
