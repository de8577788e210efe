import type { EventBus } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import { can, missingRelation, type Relation, selfRelation } from '@tintype/policy';
import { extractHashtags, hashtagKey } from '@tintype/text';
import { createNeighbourEvents, type NeighbourEvents } from './neighbour-events.ts';
import { answersOf } from './world.answers.ts';

export type WorldPerson = {
  readonly id: bigint;
  username: string;
  displayName: string;
  email: string;
  isPrivate: boolean;
  state: 'ACTIVE' | 'DEACTIVATED' | 'DELETED';
  visibilityVersion: bigint;
};

export type WorldPost = {
  readonly id: bigint;
  readonly authorId: bigint;
  readonly caption: string;
  readonly hashtags: readonly string[];
  readonly mentionedIds: readonly bigint[];
  readonly publishedMs: number;
  state: 'PROCESSING' | 'PUBLISHED' | 'FAILED';
};

type Kind = 'follow' | 'follow-request' | 'block' | 'mute';

/**
 * People, their relationships and their posts, as the user, social-graph and post subgraphs have them. Changes are in the answers at once and
 * publish the events that the real subgraphs publish.
 */
export type World = {
  /** What the fakes of user, social-graph and post answer, for `fakeSubgraphs`. */
  answers: ReturnType<typeof answersOf>;
  events: NeighbourEvents;
  people: ReadonlyMap<bigint, WorldPerson>;
  posts: ReadonlyMap<bigint, WorldPost>;
  relation(viewerId: bigint | undefined, userId: bigint): Relation;
  /** Whether this viewer sees the post; undefined is a visitor. */
  isVisible(viewerId: bigint | undefined, postId: bigint): boolean;
  /** People with public accounts. */
  register(count: number): Promise<bigint[]>;
  /** One person with a profile. */
  registerAs(profile: Partial<Pick<WorldPerson, 'username' | 'displayName' | 'email' | 'isPrivate'>>): Promise<bigint>;
  updateProfile(
    id: bigint,
    change: Partial<Pick<WorldPerson, 'username' | 'displayName' | 'isPrivate'>>,
  ): Promise<void>;
  setPrivate(id: bigint, isPrivate?: boolean): Promise<void>;
  deactivate(id: bigint): Promise<void>;
  reactivate(id: bigint): Promise<void>;
  /** Also removes the person's relationships and posts. */
  deleteAccount(id: bigint): Promise<void>;
  /** Also of a private account, whose owner then has accepted. */
  follow(followerId: bigint, followeeId: bigint): Promise<void>;
  unfollow(followerId: bigint, followeeId: bigint): Promise<void>;
  requestFollow(followerId: bigint, followeeId: bigint): Promise<void>;
  /** Ends follows and requests in both directions. */
  block(blockerId: bigint, blockedId: bigint): Promise<void>;
  unblock(blockerId: bigint, blockedId: bigint): Promise<void>;
  mute(muterId: bigint, mutedId: bigint): Promise<void>;
  unmute(muterId: bigint, mutedId: bigint): Promise<void>;
  /** A published post. */
  publish(authorId: bigint, caption?: string, mentionedIds?: readonly bigint[]): Promise<bigint>;
  /** A post that could not be published. */
  failPost(authorId: bigint, reason: string): Promise<bigint>;
  deletePost(id: bigint): Promise<void>;
  /** Runs changes whose events do not arrive. */
  withoutEvents<T>(change: () => Promise<T>): Promise<T>;
};

/** @param deps of the test's environment */
export function createWorld(deps: { bus: EventBus; ids: IdGenerator }): World {
  const { ids } = deps;
  const events = createNeighbourEvents(deps);
  let isSilent = false;
  const publish: NeighbourEvents['publish'] = async (...event) => {
    if (!isSilent) await events.publish(...event);
  };
  const people = new Map<bigint, WorldPerson>();
  const posts = new Map<bigint, WorldPost>();
  /** By kind, in the order in which they began: `<who>:<whom>`. */
  const relationships: Record<Kind, Set<string>> = {
    follow: new Set(),
    'follow-request': new Set(),
    block: new Set(),
    mute: new Set(),
  };
  let version = 1n;

  const has = (kind: Kind, who: bigint | undefined, whom: bigint | undefined) =>
    relationships[kind].has(`${who}:${whom}`);
  const personOf = (id: bigint): WorldPerson => {
    const person = people.get(id);
    if (person) return person;
    throw new RangeError(`There is no person ${id} in this world.`);
  };

  const relation = (viewerId: bigint | undefined, userId: bigint): Relation => {
    const person = people.get(userId);
    if (!person || person.state === 'DELETED') return missingRelation(userId);
    return {
      userId,
      isSelf: viewerId === userId,
      exists: person.state === 'ACTIVE',
      isPrivate: person.isPrivate,
      follows: has('follow', viewerId, userId),
      requested: has('follow-request', viewerId, userId),
      followedBy: has('follow', userId, viewerId),
      blocks: has('block', viewerId, userId),
      blockedBy: has('block', userId, viewerId),
      mutes: has('mute', viewerId, userId),
    };
  };
  const isVisible = (viewerId: bigint | undefined, postId: bigint): boolean => {
    const post = posts.get(postId);
    if (!post) return false;
    // As for the real post subgraph, authors see their posts in any case.
    const toAuthor = viewerId === post.authorId ? selfRelation(viewerId) : relation(viewerId, post.authorId);
    return can('posts.view', toAuthor) && (post.state === 'PUBLISHED' || toAuthor.isSelf);
  };

  const profileOf = ({ id, username, displayName, isPrivate, visibilityVersion }: WorldPerson) => {
    return { userId: String(id), username, displayName, isPrivate, visibilityVersion: String(visibilityVersion) };
  };
  const registerAs: World['registerAs'] = async (profile) => {
    const id = ids.next();
    const username = profile.username ?? `person${people.size}`;
    const person: WorldPerson = {
      id,
      username,
      displayName: '',
      email: `${username}@example.org`,
      isPrivate: false,
      ...profile,
      state: 'ACTIVE',
      visibilityVersion: 1n,
    };
    people.set(id, person);
    await publish('tintype.user.account.registered.v1', String(id), profileOf(person));
    return id;
  };
  const updateProfile: World['updateProfile'] = async (id, change) => {
    const person = personOf(id);
    if (change.isPrivate !== undefined && change.isPrivate !== person.isPrivate) person.visibilityVersion = ++version;
    Object.assign(person, change);
    await publish('tintype.user.account.updated.v1', String(id), profileOf(person));
  };
  const setState = (id: bigint, state: WorldPerson['state']): WorldPerson =>
    Object.assign(personOf(id), { state, visibilityVersion: ++version });
  const stateOf = ({ id, visibilityVersion }: WorldPerson) => {
    return { userId: String(id), visibilityVersion: String(visibilityVersion) };
  };

  /** @returns whether it began now */
  const begin = (kind: Kind, who: bigint, whom: bigint): boolean => {
    if (personOf(who) === personOf(whom)) throw new RangeError('Nobody has a relationship to themselves.');
    if (has(kind, who, whom)) return false;
    relationships[kind].add(`${who}:${whom}`);
    return true;
  };
  const end = (kind: Kind, who: bigint, whom: bigint): boolean => relationships[kind].delete(`${who}:${whom}`);
  const followOf = (followerId: bigint, followeeId: bigint) => {
    return { followerId: String(followerId), followeeId: String(followeeId) };
  };
  const blockOf = (blockerId: bigint, blockedId: bigint) => {
    return { blockerId: String(blockerId), blockedId: String(blockedId) };
  };
  const muteOf = (muterId: bigint, mutedId: bigint) => ({ muterId: String(muterId), mutedId: String(mutedId) });
  const endFollow = async (who: bigint, whom: bigint): Promise<void> => {
    const data = followOf(who, whom);
    const subject = `${who}:${whom}`;
    if (end('follow', who, whom)) await publish('tintype.social-graph.follow.deleted.v1', subject, data);
    if (end('follow-request', who, whom))
      await publish('tintype.social-graph.follow-request.deleted.v1', subject, data);
  };

  const endBlock = async (blockerId: bigint, blockedId: bigint): Promise<void> => {
    if (!end('block', blockerId, blockedId)) return;
    const data = blockOf(blockerId, blockedId);
    await publish('tintype.social-graph.block.deleted.v1', `${blockerId}:${blockedId}`, data);
  };
  const endMute = async (muterId: bigint, mutedId: bigint): Promise<void> => {
    if (!end('mute', muterId, mutedId)) return;
    await publish('tintype.social-graph.mute.deleted.v1', `${muterId}:${mutedId}`, muteOf(muterId, mutedId));
  };
  /** Each pair of people with a relationship in which this person is. */
  const pairsOf = (id: bigint): [bigint, bigint][] => {
    const pairs = new Set(Object.values(relationships).flatMap((ofKind) => [...ofKind]));
    return [...pairs]
      .map((pair): [bigint, bigint] => {
        const [who, whom] = pair.split(':');
        return [BigInt(who!), BigInt(whom!)];
      })
      .filter((pair) => pair.includes(id));
  };

  const removePost = async ({ id, authorId, state, publishedMs }: WorldPost): Promise<void> => {
    posts.delete(id);
    const data = { postId: String(id), authorId: String(authorId) };
    await publish('tintype.post.post.deleted.v1', String(id), {
      ...data,
      publishedMs: state === 'PUBLISHED' ? publishedMs : null,
    });
  };
  const addPost = (authorId: bigint, given: Partial<WorldPost>): WorldPost => {
    personOf(authorId);
    const post: WorldPost = {
      id: ids.next(),
      authorId,
      caption: '',
      hashtags: [],
      mentionedIds: [],
      publishedMs: Date.now(),
      state: 'PUBLISHED',
      ...given,
    };
    posts.set(post.id, post);
    return post;
  };

  return {
    answers: answersOf({ people, posts, follows: relationships.follow, relation, isVisible }),
    events,
    people,
    posts,
    relation,
    isVisible,
    register: async (count) => {
      const registered: bigint[] = [];
      for (let made = 0; made < count; made++) registered.push(await registerAs({}));
      return registered;
    },
    registerAs,
    updateProfile,
    setPrivate: (id, isPrivate = true) => updateProfile(id, { isPrivate }),
    deactivate: (id) =>
      publish('tintype.user.account.deactivated.v1', String(id), stateOf(setState(id, 'DEACTIVATED'))),
    reactivate: (id) => publish('tintype.user.account.reactivated.v1', String(id), profileOf(setState(id, 'ACTIVE'))),
    async deleteAccount(id) {
      await publish('tintype.user.account.deleted.v1', String(id), stateOf(setState(id, 'DELETED')));
      for (const [who, whom] of pairsOf(id)) {
        await endFollow(who, whom);
        await endBlock(who, whom);
        await endMute(who, whom);
      }
      for (const post of posts.values()) if (post.authorId === id) await removePost(post);
    },
    async follow(followerId, followeeId) {
      const wasRequested = end('follow-request', followerId, followeeId);
      if (!begin('follow', followerId, followeeId)) return;
      const data = { ...followOf(followerId, followeeId), followId: String(ids.next()), wasRequested };
      await publish('tintype.social-graph.follow.created.v1', `${followerId}:${followeeId}`, data);
    },
    unfollow: endFollow,
    async requestFollow(followerId, followeeId) {
      if (!begin('follow-request', followerId, followeeId)) return;
      const data = followOf(followerId, followeeId);
      await publish('tintype.social-graph.follow-request.created.v1', `${followerId}:${followeeId}`, data);
    },
    async block(blockerId, blockedId) {
      if (!begin('block', blockerId, blockedId)) return;
      await endFollow(blockerId, blockedId);
      await endFollow(blockedId, blockerId);
      const data = blockOf(blockerId, blockedId);
      await publish('tintype.social-graph.block.created.v1', `${blockerId}:${blockedId}`, data);
    },
    unblock: endBlock,
    async mute(muterId, mutedId) {
      if (!begin('mute', muterId, mutedId)) return;
      await publish('tintype.social-graph.mute.created.v1', `${muterId}:${mutedId}`, muteOf(muterId, mutedId));
    },
    unmute: endMute,
    async publish(authorId, caption = '', mentionedIds = []) {
      const hashtags = [...new Set(extractHashtags(caption).map(hashtagKey))];
      const post = addPost(authorId, { caption, hashtags, mentionedIds });
      const { publishedMs } = post;
      const data = {
        authorId: String(authorId),
        publishedMs,
        caption,
        hashtags,
        mentionedIds: mentionedIds.map(String),
      };
      await publish('tintype.post.post.published.v1', String(post.id), { postId: String(post.id), ...data });
      return post.id;
    },
    async failPost(authorId, reason) {
      const { id } = addPost(authorId, { state: 'FAILED' });
      const data = { postId: String(id), authorId: String(authorId), reason };
      await publish('tintype.post.post.failed.v1', String(id), data);
      return id;
    },
    async withoutEvents(change) {
      isSilent = true;
      try {
        return await change();
      } finally {
        isSilent = false;
      }
    },
    async deletePost(id) {
      const post = posts.get(id);
      if (post) await removePost(post);
    },
  };
}
