import { SubgraphError } from '@tintype/graphql';
import { createLog, type Log } from '@tintype/telemetry';
import { expect, test, vi } from 'vitest';
import { createSubgraphSource } from './subgraph.source.ts';

type Fetch = Parameters<ReturnType<typeof createSubgraphSource>['process']>[0];

function aFetch(signal: AbortSignal): Fetch {
  const context = { viewer: null, requestId: 'r', signal, deadline: performance.now() + 1000 };
  return {
    kind: 'incoming operation',
    request: { query: '{ me { id } }' },
    context,
    incomingRequestContext: {},
  } as unknown as Fetch;
}

function loggingErrorsTo(error: Log['error']): Log {
  return Object.assign(createLog({ name: 'source', level: 'silent' }), { error });
}

const failing = (error: Error) => ({ execute: () => Promise.reject(error) });
const answerOf = (error: Error, signal = new AbortController().signal, log = vi.fn()) =>
  createSubgraphSource('user', failing(error), loggingErrorsTo(log)).process(aFetch(signal));

test.each([
  ['UNAVAILABLE', 'UNAVAILABLE'],
  ['OVERLOADED', 'OVERLOADED'],
] as const)('a subgraph that is %s gives %s, without its address', async (is, code) => {
  const { errors } = await answerOf(new SubgraphError('user', is, 'connect ECONNREFUSED 10.1.2.3'));
  expect(errors).toEqual([{ message: expect.stringContaining('Try again'), extensions: { code: code } }]);
  expect(JSON.stringify(errors)).not.toMatch(/user|10\.1/);
});

test('an unexpected error is logged, and masked for the client', async () => {
  const error = vi.fn();
  const { errors } = await answerOf(new Error('SELECT secret FROM 10.1.2.3'), undefined, error);
  expect(errors).toEqual([
    { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  expect(error).toHaveBeenCalledOnce();
});

test('a client that hung up is no fault to log', async () => {
  const error = vi.fn();
  await answerOf(new Error('aborted'), AbortSignal.abort(), error);
  await answerOf(new SubgraphError('user', 'ABANDONED', 'nobody waits'), undefined, error);
  expect(error).not.toHaveBeenCalled();
});
