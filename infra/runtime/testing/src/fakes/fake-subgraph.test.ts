import { createLocalClients, type Subgraph } from '@tintype/graphql';
import { FollowerCountsDocument, HideAccountDocument, RelationsDocument } from '@tintype/schema/internal/social-graph';
import { AccountsDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import { expect, test } from 'vitest';
import type { FakeAnswers } from './fake-answers.ts';
import { fakeSubgraphs } from './fake-subgraph.ts';

const identity: Identity = { kind: 'platform', viewer: null, requestId: 'r', operation: 'query' };
const relation = {
  exists: true,
  isPrivate: false,
  ...{
    follows: true,
    requested: false,
    followedBy: false,
    blocks: false,
    blockedBy: false,
    mutes: false,
    restricts: false,
    restrictedBy: false,
    hasAsCloseFriend: false,
    isCloseFriendOf: false,
  },
};

async function clientOf(service: string, answers: FakeAnswers) {
  const subgraphs = new Map<string, Subgraph>();
  const resources = { log: { warn: () => undefined } } as never;
  for (const [name, wire] of Object.entries(fakeSubgraphs(answers)))
    subgraphs.set(name, (await wire(resources)).subgraph);
  return createLocalClients(subgraphs)(service);
}

test('answers what the test says', async () => {
  const client = await clientOf('feed', {
    'social-graph': {
      relations: ({ userIds }) => ({ relations: userIds.map((userId) => ({ userId, ...relation })) }),
    },
  });
  expect(await client.request(RelationsDocument, { userIds: ['7'] }, identity)).toEqual({
    relations: [{ userId: '7', ...relation }],
  });
});

test('answers neutrally where the test says nothing', async () => {
  const client = await clientOf('search', {});
  expect(await client.request(RelationsDocument, { userIds: ['7'] }, identity)).toEqual({ relations: [] });
  const people = [{ __typename: 'User', id: 'User_7' } as const];
  expect(await client.request(FollowerCountsDocument, { people }, identity)).toEqual({ _entities: [null] });
  const variables = { userId: '7', visibilityVersion: '1', isPrivate: true, isDeactivated: false };
  const user = await clientOf('user', {});
  expect(await user.request(HideAccountDocument, variables, identity)).toEqual({ hideAccount: false });
});

test('fails the call when an answer does not fit the SDL', async () => {
  const answering = (userId: string) =>
    clientOf('feed', { 'social-graph': { relations: () => ({ relations: [{ userId, ...relation }] }) } });
  const ask = async (userId: string) =>
    (await answering(userId)).request(RelationsDocument, { userIds: ['7'] }, identity);
  await expect(ask('User_7')).rejects.toThrow('User_7 is not a Snowflake');
  const incomplete: FakeAnswers = { user: { accounts: () => ({ accounts: JSON.parse('[{ "id": "7" }]') }) } };
  const client = await clientOf('engagement', incomplete);
  await expect(client.request(AccountsDocument, { ids: ['7'] }, identity)).rejects.toThrow(
    'lacks AccountSnapshot.isPrivate',
  );
});

test('refuses services that the real subgraph refuses', async () => {
  const client = await clientOf('gateway', {});
  await expect(client.request(AccountsDocument, { ids: ['7'] }, identity)).rejects.toThrow(
    'for other parts of the platform',
  );
});

test('answers internal operations only', async () => {
  const client = await clientOf('gateway', {});
  await expect(client.execute('user', { query: '{ me { id } }', identity })).rejects.toThrow('{ me { id } }');
});
