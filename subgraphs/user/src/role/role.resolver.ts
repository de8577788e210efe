import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers, Role } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { RoleOutcome, RoleService } from './role.service.ts';

type RoleResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'viewerRole' | 'staff' | 'rolesOf'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'grantRole' | 'revokeRole'>;
  StaffMember: CompleteResolvers['StaffMember'];
};

export function createRoleResolvers({ roles }: { roles: RoleService }): RoleResolvers {
  const roleOf = async (userId: bigint): Promise<Role | null> => (await roles.find([userId]))[0]?.role ?? null;
  const change = async (id: string, act: (userId: bigint) => Promise<RoleOutcome>) => {
    const userId = parseGlobalId('User', id);
    const outcome = userId === null ? { error: inputError('USER_NOT_FOUND', 'userId') } : await act(userId);
    return 'error' in outcome ? { user: null, errors: [outcome.error] } : { user: outcome.user, errors: [] };
  };
  return {
    Query: {
      viewerRole: (_, __, context) => roleOf(requireViewer(context).userId),
      staff: (_, args, context) => roles.list(requireViewer(context).userId, args),
      rolesOf: (_, { userIds }) => roles.find(userIds),
    },
    Mutation: {
      grantRole: (_, { input }, context) =>
        change(input.userId, (userId) => roles.grant(requireViewer(context).userId, userId, input.role)),
      revokeRole: (_, { input }, context) =>
        change(input.userId, (userId) => roles.revoke(requireViewer(context).userId, userId)),
    },
    StaffMember: {
      async user({ userId }, _, { loaders }) {
        const [account, relation] = await Promise.all([loaders.accounts.load(userId), loaders.relations.load(userId)]);
        return relation && can('profile.view', relation) ? account : null;
      },
    },
  };
}
