import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { AppService } from './app.service.ts';

type AppResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'apps' | 'authorizedApps'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'createApp' | 'updateApp' | 'replaceAppSecret' | 'deleteApp' | 'revokeApp'
  >;
  App: CompleteResolvers['App'];
  AuthorizedApp: CompleteResolvers['AuthorizedApp'];
};

export function createAppResolvers(deps: { apps: AppService; idempotency: Idempotency }): AppResolvers {
  const { apps, idempotency } = deps;
  return {
    Query: {
      apps: (_, args, context) => apps.list(requireViewer(context).userId, args),
      authorizedApps: (_, args, context) => apps.listAuthorized(requireViewer(context).userId, args),
    },
    Mutation: {
      async createApp(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        const outcome = await idempotency.once(claimOf(context.identity, info, userId, input), {
          work: (remember) => apps.create(userId, input, remember),
          isRefused: (created) => 'errors' in created,
          replay: ([id]) => apps.created(userId, BigInt(id!)),
        });
        return 'errors' in outcome ? { app: null, secret: null, errors: outcome.errors } : { ...outcome, errors: [] };
      },
      async updateApp(_, { input }, context) {
        const outcome = await apps.update(requireViewer(context).userId, input);
        return 'errors' in outcome ? { app: null, errors: outcome.errors } : { ...outcome, errors: [] };
      },
      async replaceAppSecret(_, { input }, context) {
        const outcome = await apps.replaceSecret(requireViewer(context).userId, input.appId);
        return 'error' in outcome ? { secret: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async deleteApp(_, { input }, context) {
        const error = await apps.delete(requireViewer(context).userId, input.appId);
        return { deleted: error === null, errors: error ? [error] : [] };
      },
      async revokeApp(_, { input }, context) {
        return { revoked: await apps.revoke(requireViewer(context).userId, input.appId) };
      },
    },
    App: {
      id: ({ id }) => globalId('App', id),
      isConfidential: ({ secretHash }) => secretHash !== null,
    },
    AuthorizedApp: {
      id: ({ id }) => globalId('App', id),
    },
  };
}
