import { globalId, parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CallerIdentity } from '@tintype/viewer';
import type { FakeAnswers } from './fake-answers.ts';
import type { WorldPerson, WorldPost, WorldState } from './world.model.ts';

/** Answers as the real subgraphs do: `gateway/tests/fakes.property.int.test.ts` compares them. */
export function answersOf(world: WorldState) {
  const { people, posts, follows, relation, isVisible } = world;
  const viewerOf = ({ viewer }: CallerIdentity) => viewer?.userId;

  const activePeople = (ids: readonly bigint[]): WorldPerson[] =>
    ids.flatMap((id) => people.get(id) ?? []).filter(({ state }) => state === 'ACTIVE');
  const existingPosts = (ids: readonly bigint[]): WorldPost[] => ids.flatMap((id) => posts.get(id) ?? []);
  const pageOf = <One extends { id: bigint }>(
    all: Iterable<One>,
    { after, first }: { after?: string | null | undefined; first: number },
  ): One[] =>
    [...all]
      .filter(({ id }) => id > BigInt(after ?? 0))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, first);
  const followersOf = (id: bigint) =>
    [...follows].filter((pair) => pair.endsWith(`:${id}`)).map((pair) => BigInt(pair.split(':')[0]!));
  const visiblePerson = (id: string, identity: CallerIdentity): bigint | null => {
    const userId = parseGlobalId('User', id);
    return userId !== null && can('profile.view', relation(viewerOf(identity), userId)) ? userId : null;
  };

  return {
    user: {
      accounts: ({ ids }) => ({
        accounts: activePeople(ids.map(BigInt)).map(({ id, isPrivate, visibilityVersion }) => {
          return { id: String(id), isPrivate, visibilityVersion: String(visibilityVersion) };
        }),
      }),
      accountIds({ usernames }, identity) {
        const wanted = new Set(usernames.map((username) => username.toLowerCase()));
        const found = [...people.values()].filter(({ username }) => wanted.has(username.toLowerCase()));
        const visible = found.filter(({ id }) => can('profile.view', relation(viewerOf(identity), id)));
        return { accountIds: visible.map(({ id }) => String(id)) };
      },
      accountsAfter: (page) => ({
        accountsAfter: pageOf(activePeople([...people.keys()]), page).map(
          ({ id, username, displayName, isPrivate }) => {
            return { id: globalId('User', id), username, displayName, isPrivate };
          },
        ),
      }),
      mailAddresses: ({ userIds }) => ({
        mailAddresses: activePeople(userIds.map(BigInt)).map(({ email }) => ({ email })),
      }),
      notifiableAccounts: ({ userIds }) => ({
        notifiableAccounts: activePeople(userIds.map(BigInt)).map(({ id }) => String(id)),
      }),
      usernames: (variables, identity) => ({
        _entities: variables.people.map(({ id }) => {
          const userId = visiblePerson(id, identity);
          return userId === null ? null : { __typename: 'User', id, username: people.get(userId)!.username };
        }),
      }),
      reconcileVisibility({ userId }) {
        const person = people.get(BigInt(userId));
        if (!person) return { reconcileVisibility: null };
        const { isPrivate, state, visibilityVersion } = person;
        const [isDeactivated, isDeleted] = [state === 'DEACTIVATED', state === 'DELETED'];
        return {
          reconcileVisibility: { isPrivate, isDeactivated, isDeleted, visibilityVersion: String(visibilityVersion) },
        };
      },
    },
    'social-graph': {
      relations: ({ userIds }, identity) => ({
        relations: userIds.map((userId) => {
          const { isSelf, ...known } = relation(viewerOf(identity), BigInt(userId));
          return { ...known, userId };
        }),
      }),
      relationsOfNobody: ({ userIds }) => ({
        relations: userIds.map((userId) => {
          const { exists, isPrivate } = relation(undefined, BigInt(userId));
          return { userId, exists, isPrivate };
        }),
      }),
      followedLast({ first }, { viewer }) {
        const own = [...follows].filter((pair) => pair.startsWith(`${viewer?.userId}:`));
        const newestFirst = own.toReversed().map((pair) => pair.split(':')[1]!);
        return { followedLast: newestFirst.slice(0, first) };
      },
      followerCounts: (variables, identity) => ({
        _entities: variables.people.map(({ id }) => {
          const userId = visiblePerson(id, identity);
          return userId === null ? null : { __typename: 'User', id, followerCount: followersOf(userId).length };
        }),
      }),
      hideAccount: () => ({ hideAccount: true }),
    },
    post: {
      visiblePosts: ({ ids, unpublished }, identity) => ({
        visiblePosts: existingPosts(ids.map(BigInt))
          .filter(({ id, state }) => isVisible(viewerOf(identity), id) && (state === 'PUBLISHED' || unpublished))
          .map(({ id, authorId, audience, state }) => ({
            id: String(id),
            authorId: String(authorId),
            authorMuted: relation(viewerOf(identity), authorId).mutes,
            isPublished: state === 'PUBLISHED',
            audience,
          })),
      }),
      visibleHashtags: ({ keys }, identity) => ({
        visibleHashtags: keys.filter((key) =>
          [...posts.values()].some(
            ({ id, state, hashtags }) =>
              state === 'PUBLISHED' && hashtags.includes(key) && isVisible(viewerOf(identity), id),
          ),
        ),
      }),
      postAuthors: ({ ids }) => ({
        postsById: existingPosts(ids.map(BigInt)).map(({ id, authorId }) => {
          return { id: globalId('Post', id), author: { id: globalId('User', authorId) } };
        }),
      }),
      postAudiences: ({ ids }) => ({
        postsById: existingPosts(ids.map(BigInt)).map(({ id, audience }) => ({ id: globalId('Post', id), audience })),
      }),
      publishedPosts: (page) => ({
        publishedPosts: pageOf(
          [...posts.values()].filter(({ state, audience }) => state === 'PUBLISHED' && audience === 'EVERYONE'),
          page,
        ).map(({ id, authorId, caption, hashtags, publishedMs }) => ({
          id: globalId('Post', id),
          caption,
          hashtagKeys: [...hashtags],
          publishedAt: new Date(publishedMs).toISOString(),
          author: { id: globalId('User', authorId) },
        })),
      }),
    },
  } satisfies FakeAnswers;
}
