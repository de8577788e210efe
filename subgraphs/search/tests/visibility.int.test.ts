import { globalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBlocks } from '#projection/block.repository.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';

let fixture: SearchFixture;
beforeAll(async () => {
  fixture = await openSearch();
});
afterAll(() => fixture?.close());

/** The results for this viewer with all caches, as for a client. */
async function ids(text: string, viewer: { id: bigint } | null): Promise<string[]> {
  const query = `query ($text: String!) { search(query: $text, first: 50) {
    edges { node { ... on User { id } ... on Post { id } } } } }`;
  type Answer = { search: { edges: { node: { id?: string } }[] } };
  const { search } = await fixture.ask<Answer>('search', viewer?.id ?? null, query, { text });
  return search.edges.map(({ node }) => node.id ?? 'hashtag').sort();
}

const indexed = (text: string, expected: string[], viewer: { id: bigint } | null = null) =>
  eventually(async () => expect(await fixture.find(text, viewer)).toEqual(expected));

test('results that one viewer may see never reach another, cached or not', async () => {
  const author = await fixture.account('greenhouse', { isPrivate: true });
  const [friend, stranger] = [await fixture.account('friend_of_g'), await fixture.account('stranger_of_g')];
  await fixture.world.follow(friend.id, author.id);
  const post = await fixture.publish(author, 'Orchids under glass');
  // Before the friend's first search, because what a viewer may see is cached for 10 s.
  await indexed('greenhouse', ['User:greenhouse']);
  await indexed('orchids', [`Post:${post.caption}`], friend);
  expect(await ids('orchids', friend)).toEqual([globalId('Post', post.id)]);
  for (const viewer of [stranger, null]) expect(await ids('orchids', viewer)).toEqual([]);
  expect(await ids('orchids', author)).toEqual([globalId('Post', post.id)]);
  // Results for strangers do not hide it from friends, either.
  expect(await ids('glass', stranger)).toEqual([]);
  expect(await ids('glass', friend)).toEqual([globalId('Post', post.id)]);
});

test('accounts that turn private, are blocked or deleted are not found any more, whatever the index and cache contain', async () => {
  const [author, viewer] = [await fixture.account('ferryman'), await fixture.account('passenger')];
  const post = await fixture.publish(author, 'Crossing the strait');
  const both = [globalId('User', author.id), globalId('Post', post.id)].sort();
  await indexed('strait', [`Post:${post.caption}`]);
  await indexed('ferryman', ['User:ferryman']);
  const see = async (who: { id: bigint } | null) =>
    [...(await ids('ferryman', who)), ...(await ids('strait', who))].sort();
  expect(await see(viewer)).toEqual(both);

  const { world } = fixture;
  // No events of these changes arrive: only the owners know of them.
  await world.withoutEvents(async () => {
    await world.block(author.id, viewer.id);
    expect(await see(viewer)).toEqual([]);
    expect(await see(null)).toEqual(both);
    await world.unblock(author.id, viewer.id);
    await world.block(viewer.id, author.id);
    expect(await see(viewer)).toEqual([]);
    await world.unblock(viewer.id, author.id);

    await world.setPrivate(author.id);
    expect(await see(viewer)).toEqual([globalId('User', author.id)]);
    await world.setPrivate(author.id, false);
    await world.deletePost(post.id);
    expect(await see(viewer)).toEqual([globalId('User', author.id)]);
    await world.deleteAccount(author.id);
    expect(await see(viewer)).toEqual([]);
  });
});

test('no blocked account is found, even with more blocks than a filter can hold', async () => {
  const [author, viewer] = [await fixture.account('ferrywright'), await fixture.account('passerby')];
  await indexed('ferrywright', ['User:ferrywright'], viewer);
  await fixture.pool.query(
    `INSERT INTO search.block (blocker_id, blocked_id, active, version)
     SELECT $1::bigint, n, true, n FROM generate_series(1, 3) n UNION ALL SELECT n, $1, true, n FROM generate_series(4, 6) n`,
    [viewer.id],
  );
  expect((await findBlocks(fixture.pool, viewer.id, 2)).toSorted()).toEqual([2n, 3n, 5n, 6n]);
  await fixture.world.withoutEvents(() => fixture.world.block(author.id, viewer.id));
  expect(await fixture.find('ferrywright', viewer)).toEqual([]);
});

test('a page is full even if some hits are hidden', async () => {
  const [author, hidden, viewer] = await Promise.all(
    ['quarry_a', 'quarry_b', 'quarry_v'].map((name) => fixture.account(name)),
  );
  const shown: string[] = [];
  for (let number = 0; number < 40; number++) {
    const post = await fixture.publish(number % 2 ? author! : hidden!, `Slate and granite ${number}`);
    if (number % 2) shown.push(globalId('Post', post.id));
  }
  await eventually(async () => expect(await fixture.find('granite slate')).toHaveLength(40));
  await fixture.world.withoutEvents(() => fixture.world.block(hidden!.id, viewer!.id));
  const query = `query ($after: String) { search(query: "granite slate", first: 7, after: $after) {
    edges { cursor node { ... on Post { id } } } pageInfo { hasNextPage endCursor } } }`;
  type Answer = {
    search: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
  const found: string[] = [];
  const sizes: number[] = [];
  for (let after: string | null = null; ; ) {
    const { search }: Answer = await fixture.ask<Answer>('search', viewer!.id, query, { after });
    sizes.push(search.edges.length);
    found.push(...search.edges.map(({ node }) => node.id));
    if (!search.pageInfo.hasNextPage) break;
    after = search.pageInfo.endCursor;
  }
  expect(sizes).toEqual([7, 7, 6]);
  expect(found.toSorted()).toEqual(shown.toSorted());
});
