import { requireId } from '@tintype/graphql';
import { can, missingRelation, type Relation } from '@tintype/policy';
import type { ConnectionService } from '#connections/connection.service.ts';
import type { Resolvers } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { PersonModel, PersonView } from './person.model.ts';

type PersonResolvers = Pick<Resolvers, 'User'> & {
  Query: Pick<NonNullable<Resolvers['Query']>, 'relations' | 'followedLast'>;
};

async function viewOf({ id }: PersonModel, { loaders }: Context): Promise<PersonView> {
  return (await loaders.people.load(id)) ?? { relation: missingRelation(id), followerCount: 0, followingCount: 0 };
}

async function relationOf(person: PersonModel, context: Context): Promise<Relation> {
  return (await viewOf(person, context)).relation;
}

export function createPersonResolvers(deps: { connections: ConnectionService }): PersonResolvers {
  const { connections } = deps;
  return {
    Query: {
      async relations(_, { userIds }, context) {
        const relations = await Promise.all(userIds.map((id) => relationOf({ id: requireId(id) }, context)));
        return relations.map((relation) => ({ ...relation, userId: String(relation.userId) }));
      },
      followedLast: async (_, { first }, { viewer }) =>
        viewer ? (await connections.followedLast(viewer.userId, first)).map(String) : [],
    },
    User: {
      async __resolveReference(reference, context) {
        const person = { id: requireId((reference as { id: string }).id) };
        return can('profile.view', await relationOf(person, context)) ? person : null;
      },
      id: ({ id }) => String(id),
      followerCount: async (person, _, context) => (await viewOf(person, context)).followerCount,
      followingCount: async (person, _, context) => (await viewOf(person, context)).followingCount,
      viewerFollows: async (person, _, context) => (await relationOf(person, context)).follows,
      viewerRequested: async (person, _, context) => (await relationOf(person, context)).requested,
      followsViewer: async (person, _, context) => (await relationOf(person, context)).followedBy,
      viewerBlocks: async (person, _, context) => (await relationOf(person, context)).blocks,
      viewerMutes: async (person, _, context) => (await relationOf(person, context)).mutes,
      followers: async (person, args, context) =>
        connections.page('followers', person.id, args, await relationOf(person, context), context.loaders.people),
      following: async (person, args, context) =>
        connections.page('following', person.id, args, await relationOf(person, context), context.loaders.people),
    },
  };
}
