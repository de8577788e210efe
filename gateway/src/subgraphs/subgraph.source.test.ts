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

const failing = { execute: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3')) };
const masked = { message: 'something went wrong on our side', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

test('a subgraph that cannot be asked is logged, and masked for the client', async () => {
  const error = vi.fn();
  const source = createSubgraphSource('user', failing, loggingErrorsTo(error));
  const answer = await source.process(aFetch(new AbortController().signal));
  expect(answer.errors).toEqual([masked]);
  expect(error).toHaveBeenCalledOnce();
});

test('a client that hung up is no fault to log', async () => {
  const error = vi.fn();
  const source = createSubgraphSource('user', failing, loggingErrorsTo(error));
  await source.process(aFetch(AbortSignal.abort()));
  expect(error).not.toHaveBeenCalled();
});
