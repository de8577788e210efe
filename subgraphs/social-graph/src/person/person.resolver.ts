import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { missingRelation, type Relation } from '@tintype/policy';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { PersonModel, PersonView } from './person.model.ts';
import { findVisiblePerson } from './person-visibility.ts';
import type { VisibilityService } from './visibility.service.ts';

type PersonResolvers = {
  User: Omit<CompleteResolvers['User'], 'mutualFollowers' | 'mutualFollowerCount'>;
  Query: Pick<CompleteResolvers['Query'], 'relations' | 'followedLast'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'hideAccount'>;
};

async function viewOf({ id }: PersonModel, { loaders }: Context): Promise<PersonView> {
  return (await loaders.people.load(id)) ?? { relation: missingRelation(id), followerCount: 0, followingCount: 0 };
}

async function relationOf(person: PersonModel, context: Context): Promise<Relation> {
  return (await viewOf(person, context)).relation;
}

/** The most people that another subgraph asks for, because it prefers their likes and posts. */
const MAX_FOLLOWED_LAST = 1000;

export function createPersonResolvers(deps: { visibility: VisibilityService }): PersonResolvers {
  const { visibility } = deps;
  return {
    Query: {
      async relations(_, { userIds }, context) {
        return Promise.all(userIds.map((id) => relationOf({ id }, context)));
      },
      async followedLast(_, { first }, { viewer, loaders }) {
        if (!viewer) return [];
        const limit = Math.min(Math.max(first, 1), MAX_FOLLOWED_LAST);
        const followed = await loaders.lists.following.load({
          parent: viewer.userId,
          from: null,
          direction: 'forward',
          limit,
        });
        return followed.map(({ userId }) => userId);
      },
    },
    Mutation: {
      async hideAccount(_, { userId, visibilityVersion, isPrivate, isDeactivated }) {
        await visibility.hide({ id: userId, visibilityVersion, isPrivate, isDeactivated });
        return true;
      },
    },
    User: {
      __resolveReference: (reference, context) => findVisiblePerson(requireGlobalId('User', reference.id), context),
      id: ({ id }) => globalId('User', id),
      followerCount: async (person, _, context) => (await viewOf(person, context)).followerCount,
      followingCount: async (person, _, context) => (await viewOf(person, context)).followingCount,
      viewerFollows: async (person, _, context) => (await relationOf(person, context)).follows,
      viewerRequested: async (person, _, context) => (await relationOf(person, context)).requested,
      followsViewer: async (person, _, context) => (await relationOf(person, context)).followedBy,
      viewerBlocks: async (person, _, context) => (await relationOf(person, context)).blocks,
      viewerMutes: async (person, _, context) => (await relationOf(person, context)).mutes,
      viewerRestricts: async (person, _, context) => (await relationOf(person, context)).restricts,
      isCloseFriendOfViewer: async (person, _, context) => (await relationOf(person, context)).hasAsCloseFriend,
      async followers(person, args, context) {
        const { relation, followerCount } = await viewOf(person, context);
        return { ...(await pageOfPeople('followers', args, relation, context.loaders)), totalCount: followerCount };
      },
      async following(person, args, context) {
        const { relation, followingCount } = await viewOf(person, context);
        return { ...(await pageOfPeople('following', args, relation, context.loaders)), totalCount: followingCount };
      },
    },
  };
}
