import { parseGlobalId, postLink } from '@tintype/ids';
import type { TintypeClient, TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { publicSettings } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { expect } from 'vitest';
import { readEvents } from '../stub/event-reader.ts';
import { follow, type Person, publish, register } from './people.ts';
import type { TestPlatform } from './platform.ts';

/**
 * Ann, and what others see of her. Ben and Cid follow her, and she follows them. Eve follows Ben and Cid. Ann published
 * a post, commented on a post of Ben's that mentions her, liked it, and shared a post of Eve's. She also published a
 * post for close friends, who are Ben and Eve, and Ben commented on it. After that, Eve mentioned Ben, and Cid liked
 * Eve's post, so that the latest notifications of Ben and Eve are not about Ann.
 */
export type Scene = {
  platform: TestPlatform;
  ann: Person;
  ben: Person;
  cid: Person;
  eve: Person;
  tag: string;
  annsPost: string;
  friendsPost: string;
  bensPost: string;
  evesPost: string;
  comment: string;
  share: string;
};

/** The posts and comments that notifications are about. */
const NOTIFICATION_TARGETS = `
  ... on PostLikeNotification { post { id } }
  ... on ShareNotification { post { id } }
  ${['CommentLike', 'Comment', 'Reply', 'Mention']
    .map((name) => `... on ${name}Notification { post { id } comment { id } }`)
    .join(' ')}`;

let scenes = 0;

export async function setScene(platform: TestPlatform): Promise<Scene> {
  // One after the other, because hashing passwords takes long and each request has a deadline.
  const people: Person[] = [];
  for (const name of ['ann', 'ben', 'cid', 'eve']) people.push(await register(platform.client, name));
  const [ann, ben, cid, eve] = people as [Person, Person, Person, Person];
  const tag = `kelp${Date.now().toString(36)}${++scenes}`;
  await Promise.all([follow(ben, ann), follow(ann, ben), follow(cid, ann), follow(ann, cid), follow(ben, cid)]);
  await Promise.all([follow(eve, ben), follow(eve, cid)]);
  const annsPost = await publish(ann, `In the forest of ${tag} #${tag}`);
  const bensPost = await publish(ben, `Low tide #${tag} with @${ann.username}`);
  for (const who of [ben, cid, eve]) await who.client.request(operations.LikePostDocument, { postId: annsPost });
  await ann.client.request(operations.LikePostDocument, { postId: bensPost });
  for (const { id: userId } of [ben, eve]) await ann.client.request(operations.AddCloseFriendDocument, { userId });
  const friendsPost = await publish(ann, `Under the ${tag} #${tag}, with @${ben.username}`, 1, 'CLOSE_FRIENDS');
  await ben.client.request(operations.LikePostDocument, { postId: friendsPost });
  await ben.client.request(operations.SavePostDocument, { postId: friendsPost, collectionId: null });
  await say(ben, { postId: friendsPost, text: 'Only for us' });
  const comment = await say(ann, { postId: bensPost, text: 'Said by who is to go' });
  await say(ben, { postId: bensPost, parentId: comment, text: 'Answered' });
  await say(ben, { postId: annsPost, text: 'Well met' });
  const evesPost = await publish(eve, `Spring tide #${tag}, @${ben.username}`);
  await ben.client.request(operations.SavePostDocument, { postId: annsPost, collectionId: null });
  const input = { postId: evesPost, text: 'Shared' };
  const { sharePost } = await ann.client.request(operations.SharePostDocument, { input });
  const share = sharePost!.share!.id;
  await cid.client.request(operations.LikePostDocument, { postId: evesPost });
  return { platform, ann, ben, cid, eve, tag, annsPost, bensPost, evesPost, friendsPost, comment, share };
}

async function say(who: Person, input: { postId: string; parentId?: string; text: string }): Promise<string> {
  return (await who.client.request(operations.CreateCommentDocument, { input })).createComment!.comment!.id;
}

/** Removes cached search results, which are kept for 30 s. */
export async function forgetSearches({ environment }: TestPlatform): Promise<void> {
  const { client, key } = environment.redis;
  for await (const keys of client.scanIterator({ MATCH: key('search:hits:*'), COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}

/** Makes the computation of influencers due now, instead of some time after the newest post. */
export async function computeInfluencers({ environment }: TestPlatform): Promise<void> {
  await environment.database.pool.query('UPDATE social_graph.topic SET due_at = now() WHERE due_at > now()');
}

/** The recommendations for a new account that likes one post with the hashtag. */
async function explored({ platform, evesPost: postId }: Scene): Promise<unknown> {
  const { client } = await register(platform.client, 'new');
  await client.request(operations.LikePostDocument, { postId });
  return client.request(operations.ExploreDocument, { first: 50 });
}

/** Events for a client that subscribes from the beginning. */
async function receivedEvents({ platform }: Scene, { client, token }: Person): Promise<unknown> {
  const { notifications } = await client.request(operations.NotificationsDocument, { first: 50 });
  const ids = notifications!.edges.map(({ node }) => BigInt(node!.changeId));
  const newest = ids.reduce((one, other) => (one > other ? one : other), 0n);
  const document = `subscription { notificationAdded { text actors { id username } ${NOTIFICATION_TARGETS} } }`;
  const reader = await readEvents(`${platform.url}/events?query=${encodeURIComponent(document)}`, {
    headers: { authorization: `Bearer ${token}`, 'last-event-id': '0' },
  });
  try {
    await eventually(() => expect(BigInt(reader.lastEventId)).toBeGreaterThanOrEqual(newest));
    return reader.results();
  } finally {
    reader.close();
  }
}

/** Events for a client that subscribes to the state of a post. */
async function updatesOf({ platform }: Scene, { token }: Person, postId: string): Promise<unknown> {
  const document = `subscription { postUpdated(id: "${postId}") { id author { id } } }`;
  const reader = await readEvents(`${platform.url}/events?query=${encodeURIComponent(document)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  try {
    await eventually(() => expect(reader.results()).not.toEqual([]));
    return reader.results();
  } finally {
    reader.close();
  }
}

/** A query whose result can contain Ann. */
export type Surface = { viewer: 'ben' | 'cid' | 'eve' | 'visitor'; ask(): Promise<unknown> };

/** All such queries, by name. */
export function surfaces(scene: Scene): Record<string, Surface> {
  const { platform, ann, ben, cid, eve, tag, ...at } = scene;
  const asked =
    (viewer: Surface['viewer'], client: TintypeClient) =>
    <Variables>(document: TypedDocument<unknown, Variables>, variables: Variables): Surface => ({
      viewer,
      ask: () => client.request(document, variables),
    });
  const byBen = asked('ben', ben.client);
  const byCid = asked('cid', cid.client);
  const byEve = asked('eve', eve.client);
  const byVisitor = asked('visitor', platform.client);
  const bare = (field: string) => ({ toString: () => `{ ${field} }` }) as TypedDocument<unknown, object>;
  const { username } = ann;
  return {
    profile: byBen(operations.ProfileDocument, { username }),
    'profile, to visitors': byVisitor(operations.ProfileDocument, { username }),
    followers: byEve(operations.FollowersDocument, { username: ben.username }),
    mutual: byBen(operations.MutualFollowersDocument, { username: cid.username }),
    suggestions: byEve(operations.PeopleYouMayKnowDocument, {}),
    home: byBen(operations.HomeFeedDocument, { first: 40 }),
    post: byBen(operations.PostDocument, { id: at.annsPost }),
    'post for close friends': byBen(operations.PostDocument, { id: at.friendsPost }),
    'post for close friends, to those who do not follow': byEve(
      bare(`node(id: "${at.friendsPost}") { id } user(id: "${ann.id}") { posts(first: 50) { edges { node { id } } } }`),
      {},
    ),
    'post for close friends, to followers': byCid(
      bare(`node(id: "${at.friendsPost}") { id } user(id: "${ann.id}") { posts(first: 50) { edges { node { id } } } }
        homeFeed(first: 50) { edges { node { id } } }`),
      {},
    ),
    'post, to visitors': byVisitor(operations.PostDocument, { id: at.annsPost }),
    hashtag: byEve(operations.HashtagDocument, { name: tag }),
    influencers: byEve(operations.InfluencersDocument, { hashtag: tag }),
    explore: { viewer: 'eve', ask: () => explored(scene) },
    comments: byEve(operations.CommentsDocument, { postId: at.bensPost, order: 'NEWEST' }),
    'comments under theirs': byBen(operations.CommentsDocument, { postId: at.annsPost }),
    replies: byBen(operations.RepliesDocument, { commentId: at.comment }),
    'likers and best comments': byEve(operations.EngagementDocument, { postId: at.bensPost }),
    // The list does not name the commenter. If it is not empty, it is a trace of Ann.
    commented: {
      viewer: 'eve',
      async ask() {
        const between = { authorId: ben.id, commenterId: ann.id };
        const { commentedPosts } = await eve.client.request(operations.CommentedPostsDocument, between);
        return commentedPosts!.edges.map(() => ann.id);
      },
    },
    'commented theirs': byEve(operations.CommentedPostsDocument, { authorId: ann.id, commenterId: ben.id }),
    saved: byBen(operations.SavedPostsDocument, {}),
    activity: byBen(operations.ActivityDocument, { first: 50 }),
    notifications: byBen(operations.NotificationsDocument, { first: 50 }),
    'notifications of shares': byEve(operations.NotificationsDocument, { first: 50 }),
    'live events': { viewer: 'ben', ask: () => receivedEvents(scene, ben) },
    'live events of shares': { viewer: 'eve', ask: () => receivedEvents(scene, eve) },
    'search, people': byEve(operations.SearchDocument, { query: username, types: ['PEOPLE'] }),
    'search, posts': byEve(operations.SearchDocument, { query: `forest of ${tag}`, types: ['POSTS'] }),
    'search, to visitors': byVisitor(operations.SearchDocument, { query: username }),
    suggest: byEve(operations.SuggestDocument, { prefix: `@${username}` }),
    trending: byVisitor(operations.TrendingDocument, { window: 'HOUR', first: 50 }),
    link: {
      viewer: 'visitor',
      ask: async () => {
        const { ok } = await fetch(`${platform.url}/p/${parseGlobalId('Post', at.annsPost)}`);
        return ok ? `"${at.annsPost}"` : '';
      },
    },
    following: byEve(
      bare(`user(username: "${cid.username}") { following(first: 50) { edges { node { id username } } } }`),
      {},
    ),
    likers: byEve(bare(`post(id: "${at.bensPost}") { likers(first: 50) { edges { node { id username } } } }`), {}),
    shares: byEve(bare(`user(id: "${ann.id}") { shares(first: 50) { edges { node { id } } } }`), {}),
    mentions: byEve(bare(`post(id: "${at.bensPost}") { mentions { id username } }`), {}),
    'post, by its link': byEve(
      bare(
        `post(link: "${postLink(platform.environment.config.of(publicSettings).publicUrl, parseGlobalId('Post', at.annsPost)!)}") { id }`,
      ),
      {},
    ),
    'nodes, to visitors': byVisitor(bare(nodesOf([ann.id, at.annsPost, at.comment, at.share])), {}),
    nodes: byEve(bare(nodesOf([ann.id, at.annsPost, at.comment, at.share])), {}),
    node: byBen(bare(`node(id: "${at.annsPost}") { id }`), {}),
    'live updates of the post': { viewer: 'eve', ask: () => updatesOf(scene, eve, at.annsPost) },
    'live updates of the post for close friends': { viewer: 'ben', ask: () => updatesOf(scene, ben, at.friendsPost) },
    'post, its id alone': byEve(bare(`post(id: "${at.annsPost}") { id }`), {}),
    'home, ids alone': byBen(bare('homeFeed(first: 50) { edges { node { id } share { id } shares { id } } }'), {}),
    'search, ids alone': byEve(
      bare(`search(query: "${username}") { edges { node { ... on User { id } ... on Post { id } } } }`),
      {},
    ),
    'saved, ids alone': byBen(bare('savedPosts { edges { node { id } } }'), {}),
    'notifications, ids alone': byBen(
      bare(`notifications(first: 50) { edges { node { actors { id } ${NOTIFICATION_TARGETS} } } }`),
      {},
    ),
  };
}

function nodesOf(ids: readonly string[]): string {
  return `nodes(ids: ${JSON.stringify(ids)}) { id }`;
}

/** Names of the surfaces whose result contains any of these ids or names. */
export async function whereSeen(asks: Record<string, Surface>, traces: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [name, { ask }] of Object.entries(asks)) {
    const answer = await ask();
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    if (traces.some((trace) => text.includes(`"${trace}"`))) found.push(name);
  }
  return found;
}
