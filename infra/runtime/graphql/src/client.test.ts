import { StoreError } from '@tintype/viewer';
import { GraphQLError } from 'graphql';
import { expect, test, vi } from 'vitest';
import { SubgraphError, type SubgraphErrorCode, withRequest } from './client.ts';
import { presentErrors } from './errors.present.ts';

const log = { warn: vi.fn(), error: vi.fn() } as never;
const me = { subgraph: 'user', kind: 'query', name: 'Me', text: '{ me { id } }' } as const;
const identity = { kind: 'visitor', viewer: null, requestId: 'r', operation: 'query' } as const;

/** The code that a client gets if the subgraph that it calls got this error from another one. */
async function codeThroughTwoClients(error: Error): Promise<unknown> {
  const field = (original: Error) => new GraphQLError('', { originalError: original, path: ['me'] });
  const inner = presentErrors({ errors: [field(error)] }, { log, requestId: 'r' });
  const client = withRequest(async () => inner);
  const lacking = await client.request(me, {}, identity).catch((one: SubgraphError) => one);
  const { errors } = presentErrors({ errors: [field(lacking as Error)] }, { log, requestId: 'r' });
  return errors![0]!.extensions.code;
}

test.each(['TIMEOUT', 'OVERLOADED', 'UNAVAILABLE', 'DATABASE_TIME_EXCEEDED'] as const)(
  'if one subgraph fails with %s, so do its callers, however many are in between',
  async (code) => {
    expect(await codeThroughTwoClients(new StoreError(code))).toBe(code);
    expect(await codeThroughTwoClients(new SubgraphError('post', code, 'asked on'))).toBe(code);
  },
);

test('what went wrong is masked at each step', async () => {
  expect(await codeThroughTwoClients(new Error('select secret'))).toBe('INTERNAL_SERVER_ERROR');
});

test.each<[SubgraphErrorCode, boolean]>([
  ['UNAVAILABLE', true],
  ['OVERLOADED', true],
  ['ABANDONED', true],
  ['TIMEOUT', false],
  ['DATABASE_TIME_EXCEEDED', false],
  ['FAILED', false],
])('%s says nothing of what was asked: %s', (code, isOutage) => {
  expect(new SubgraphError('post', code, 'words').isOutage).toBe(isOutage);
});
