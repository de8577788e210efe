import { globalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, ann, bob]: bigint[] = [];
let postId: bigint;
beforeAll(async () => {
  fixture = await openEngagement();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  [author, ann, bob] = await fixture.world.register(3);
  postId = await fixture.world.publish(author!);
});

const post = () => ({ postId: globalId('Post', postId) });
const codes = async (who: bigint, name: string, input: Record<string, unknown>) =>
  (await fixture.act(who, name, input)).errors.map((error) => error.code);
const published = async (type: string) =>
  (
    await fixture.environment.database.pool.query('SELECT data FROM engagement.outbox WHERE type = $1', [type])
  ).rows.filter(({ data }) => data.postId === String(postId));

describe('a share', () => {
  const share = (who: bigint, text = '') => fixture.act(who, 'sharePost', { ...post(), text }, 'share { id text }');

  test('counts once for each person, and can be undone', async () => {
    const first = await share(ann!, ' look at this ');
    expect(first).toEqual({ share: { id: expect.any(String), text: 'look at this' }, errors: [] });
    expect(await share(ann!, 'again')).toEqual(first);
    await share(bob!);
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ shares: 2, shareRows: 2 });
    const shareId = (first.share as { id: string }).id;
    expect(await codes(bob!, 'deleteShare', { shareId })).toEqual(['SHARE_NOT_FOUND']);
    for (let time = 0; time < 2; time++) expect(await codes(ann!, 'deleteShare', { shareId })).toEqual([]);
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ shares: 1, shareRows: 1 });
    expect(await published('tintype.engagement.share.created.v1')).toHaveLength(2);
    expect(await published('tintype.engagement.share.deleted.v1')).toHaveLength(1);
  });

  test('is counted once in its own response', async () => {
    const counted = (who: bigint) => fixture.act(who, 'sharePost', post(), 'share { post { shareCount } }');
    expect(await counted(ann!)).toMatchObject({ share: { post: { shareCount: 1 } } });
    expect(await counted(ann!)).toMatchObject({ share: { post: { shareCount: 1 } } });
    await fixture.eventsApplied();
    expect(await counted(ann!)).toMatchObject({ share: { post: { shareCount: 1 } } });
    expect(await counted(bob!)).toMatchObject({ share: { post: { shareCount: 2 } } });
  });

  test('is possible for public posts only', async () => {
    await fixture.world.setPrivate(author!, true);
    expect(await codes(author!, 'sharePost', post())).toEqual(['POST_NOT_SHAREABLE']);
    expect(await codes(ann!, 'sharePost', post())).toEqual(['POST_NOT_FOUND']);
    expect(await codes(ann!, 'sharePost', { postId: globalId('Post', 12n) })).toEqual(['POST_NOT_FOUND']);
    expect(await codes(ann!, 'sharePost', { ...post(), text: 'a'.repeat(2201) })).toEqual(['TEXT_TOO_LONG']);
  });

  test('is possible of posts for everyone only', async () => {
    const forFriends = await fixture.world.publish(author!, '', [], 'CLOSE_FRIENDS');
    await fixture.world.addCloseFriend(author!, ann!);
    const given = { postId: globalId('Post', forFriends) };
    for (const who of [author!, ann!]) expect(await codes(who, 'sharePost', given)).toEqual(['POST_NOT_SHAREABLE']);
    expect(await codes(bob!, 'sharePost', given)).toEqual(['POST_NOT_FOUND']);
  });

  test('ends with its post, like everything else about it', async () => {
    await share(ann!);
    await fixture.act(ann!, 'likePost', post());
    await fixture.act(ann!, 'savePost', post());
    await fixture.comment(ann!, postId, 'nice');
    await fixture.eventsApplied();
    await fixture.world.deletePost(postId);
    const left = () =>
      fixture.environment.database.pool.query(
        `SELECT (SELECT count(*)::int FROM engagement.share WHERE post_id = $1 AND deleted_at IS NULL) AS shares,
           (SELECT count(*)::int FROM engagement."like" WHERE post_id = $1) AS likes,
           (SELECT count(*)::int FROM engagement.save WHERE post_id = $1) AS saves,
           (SELECT count(*)::int FROM engagement.comment WHERE post_id = $1) AS comments`,
        [postId],
      );
    await eventually(async () => expect((await left()).rows).toEqual([{ shares: 0, likes: 0, saves: 0, comments: 0 }]));
    expect(await published('tintype.engagement.share.deleted.v1')).toHaveLength(1);
  });
});

test('the shares of a person are paged, newest first, without posts that are hidden from the viewer', async () => {
  const [other] = await fixture.world.register(1);
  const posts = [postId, await fixture.world.publish(other!), await fixture.world.publish(author!)];
  const shares: unknown[] = [];
  for (const id of posts) {
    shares.push((await fixture.act(ann!, 'sharePost', { postId: globalId('Post', id) }, 'share { id }')).share);
  }
  type Shares = { edges: { node: unknown }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  const sharesFor = async (viewer: bigint | null, args = 'first: 20') => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User {
      shares(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } } } } }`;
    const of = [{ __typename: 'User', id: globalId('User', ann!) }];
    const { _entities } = await fixture.graph.ask<{ _entities: [{ shares: Shares } | null] }>(
      'engagement',
      viewer,
      query,
      {
        of,
      },
    );
    const found = _entities[0]?.shares;
    return found && { nodes: found.edges.map(({ node }) => node), ...found.pageInfo };
  };
  const first = (await sharesFor(null, 'first: 2'))!;
  expect(first).toMatchObject({ nodes: [shares[2], shares[1]], hasNextPage: true });
  expect(await sharesFor(null, `first: 2, after: "${first.endCursor}"`)).toMatchObject({
    nodes: [shares[0]],
    hasNextPage: false,
  });
  await fixture.world.block(other!, bob!);
  expect(await sharesFor(bob!)).toMatchObject({ nodes: [shares[2], shares[0]] });
  await fixture.world.setPrivate(ann!, true);
  expect(await sharesFor(bob!)).toMatchObject({ nodes: [], hasNextPage: false });
  expect(await sharesFor(ann!)).toMatchObject({ nodes: shares.toReversed() });
  await fixture.world.block(ann!, author!);
  expect(await sharesFor(author!)).toBeUndefined();
});

describe('saved posts', () => {
  type Saved = { savedPosts: { edges: { cursor: string; node: { id: string } | null }[]; pageInfo: object } };
  const saved = async (who: bigint, args = '(first: 20)') => {
    const query = `{ savedPosts${args} { edges { cursor savedAt node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    return (await fixture.graph.ask<Saved>('engagement', who, query)).savedPosts;
  };
  const idsOf = (page: Saved['savedPosts']) => page.edges.map(({ node }) => node?.id);
  const collection = async (who: bigint, name: string) =>
    (await fixture.act(who, 'createCollection', { name }, 'collection { id name }')).collection as { id: string };

  test('are listed newest first, for their owner only', async () => {
    const other = await fixture.world.publish(author!);
    for (const id of [postId, other, postId])
      expect(await codes(ann!, 'savePost', { postId: globalId('Post', id) })).toEqual([]);
    const page = await saved(ann!, '(first: 1)');
    expect(idsOf(page)).toEqual([globalId('Post', other)]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(idsOf(await saved(ann!, `(first: 1, after: "${page.edges[0]!.cursor}")`))).toEqual([
      globalId('Post', postId),
    ]);
    expect(idsOf(await saved(bob!))).toEqual([]);
    expect(await fixture.post(ann!, postId, 'viewerHasSaved')).toMatchObject({ viewerHasSaved: true });
    expect(await fixture.post(bob!, postId, 'viewerHasSaved')).toMatchObject({ viewerHasSaved: false });
    for (let time = 0; time < 2; time++) expect(await codes(ann!, 'unsavePost', post())).toEqual([]);
    expect(idsOf(await saved(ann!))).toEqual([globalId('Post', other)]);
    expect(await published('tintype.engagement.save.created.v1')).toHaveLength(1);
    expect(await published('tintype.engagement.save.deleted.v1')).toHaveLength(1);
  });

  test('can be in named collections', async () => {
    const trips = await collection(ann!, 'Trips');
    const { id: collectionId } = trips;
    expect(trips).toEqual({ id: expect.any(String), name: 'Trips' });
    expect(await codes(ann!, 'createCollection', { name: ' trips ' })).toEqual(['COLLECTION_NAME_TAKEN']);
    expect(await codes(ann!, 'createCollection', { name: '' })).toEqual(['TEXT_REQUIRED']);
    expect(await codes(bob!, 'savePost', { ...post(), collectionId })).toEqual(['COLLECTION_NOT_FOUND']);
    expect(await codes(ann!, 'savePost', { ...post(), collectionId })).toEqual([]);
    expect(idsOf(await saved(ann!, `(collectionId: "${collectionId}")`))).toEqual([globalId('Post', postId)]);
    await expect(saved(bob!, `(collectionId: "${collectionId}")`)).rejects.toThrow(/not have a collection/);
    expect(await codes(ann!, 'unsavePost', { ...post(), collectionId })).toEqual([]);
    expect(idsOf(await saved(ann!, `(collectionId: "${collectionId}")`))).toEqual([]);
    expect(idsOf(await saved(ann!))).toEqual([globalId('Post', postId)]);
    expect(await codes(ann!, 'savePost', { ...post(), collectionId })).toEqual([]);
    expect(await codes(bob!, 'updateCollection', { collectionId, name: 'Mine' })).toEqual(['COLLECTION_NOT_FOUND']);
    expect(await codes(ann!, 'updateCollection', { collectionId, name: 'Journeys' })).toEqual([]);
    for (let time = 0; time < 2; time++) expect(await codes(ann!, 'deleteCollection', { collectionId })).toEqual([]);
    expect(await codes(ann!, 'deleteCollection', { collectionId: 'Trips' })).toEqual(['COLLECTION_NOT_FOUND']);
    expect(idsOf(await saved(ann!))).toEqual([globalId('Post', postId)]);
  });
});

test('activity is what the viewer did, newest first', async () => {
  await fixture.act(ann!, 'likePost', post());
  await fixture.eventsApplied();
  const commentId = await fixture.comment(ann!, postId, 'nice');
  await fixture.act(ann!, 'savePost', post());
  const { share } = await fixture.act(ann!, 'sharePost', post(), 'share { id }');
  await fixture.act(ann!, 'likeComment', { commentId });
  await fixture.eventsApplied();
  const fields = `__typename at post { id } ... on CommentActivity { comment { id } } ... on ShareActivity { share { id } }
    ... on CommentLikeActivity { comment { id } }`;
  const ask = async (who: bigint, args: string) => {
    const query = `{ activity${args} { edges { cursor node { ${fields} } } pageInfo { hasNextPage } } }`;
    type Answer = { activity: { edges: { cursor: string; node: { __typename: string } }[]; pageInfo: object } };
    return (await fixture.graph.ask<Answer>('engagement', who, query)).activity;
  };
  const all = await ask(ann!, '(first: 4)');
  const about = { post: { id: globalId('Post', postId) }, at: expect.anything() };
  expect(all.edges.map(({ node }) => node)).toEqual([
    { __typename: 'CommentLikeActivity', ...about, comment: { id: commentId } },
    { __typename: 'ShareActivity', ...about, share },
    { __typename: 'SaveActivity', ...about },
    { __typename: 'CommentActivity', ...about, comment: { id: commentId } },
  ]);
  expect(all.pageInfo).toEqual({ hasNextPage: true });
  const rest = await ask(ann!, `(after: "${all.edges.at(-1)!.cursor}")`);
  expect(rest.edges.map(({ node }) => node)).toEqual([{ __typename: 'PostLikeActivity', ...about }]);
  const saved = await ask(ann!, '(kinds: [SAVE])');
  expect(saved.edges.map(({ node }) => node.__typename)).toEqual(['SaveActivity']);
  expect((await ask(bob!, '')).edges).toEqual([]);
});
