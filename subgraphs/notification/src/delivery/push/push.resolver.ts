import { requireGlobalId, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId, timestampOf } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../../errors.ts';
import type { PushKeyService } from './push-key.service.ts';
import type { PushSubscriptionService } from './push-subscription.service.ts';

type PushResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'pushPublicKey' | 'pushSubscriptions'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'createPushSubscription' | 'deletePushSubscription'>;
  PushSubscription: CompleteResolvers['PushSubscription'];
};

export function createPushResolvers(deps: {
  keys: PushKeyService;
  subscriptions: PushSubscriptionService;
}): PushResolvers {
  const { keys, subscriptions } = deps;
  return {
    Query: {
      pushPublicKey: async () => (await keys.current()).publicKey,
      pushSubscriptions: (_, _args, context) => subscriptions.list(requireViewer(context).userId),
    },
    Mutation: {
      async createPushSubscription(_, { input }, context) {
        const outcome = await subscriptions.create(requireViewer(context).userId, input);
        return 'error' in outcome
          ? { pushSubscription: null, errors: [inputError(outcome.error, outcome.field)] }
          : { pushSubscription: outcome, errors: [] };
      },
      async deletePushSubscription(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('PushSubscription', input.pushSubscriptionId);
        if (id !== null && (await subscriptions.delete(userId, id)))
          return { deletedPushSubscriptionId: globalId('PushSubscription', id), errors: [] };
        return {
          deletedPushSubscriptionId: null,
          errors: [inputError('PUSH_SUBSCRIPTION_NOT_FOUND', 'pushSubscriptionId')],
        };
      },
    },
    PushSubscription: {
      __resolveReference: (reference, { loaders }) =>
        loaders.pushSubscriptions.load(requireGlobalId('PushSubscription', reference.id)),
      id: ({ id }) => globalId('PushSubscription', id),
      createdAt: ({ id }) => new Date(timestampOf(id)),
    },
  };
}
