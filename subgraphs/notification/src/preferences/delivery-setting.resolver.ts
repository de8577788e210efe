import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import { timeOf } from './clock.rules.ts';
import type { DeliverySettingService } from './delivery-setting.service.ts';
import type { Unsubscribe } from './unsubscribe.service.ts';

type DeliverySettingResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'notificationDelivery'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'updateNotificationDelivery' | 'unsubscribe'>;
  NotificationDelivery: CompleteResolvers['NotificationDelivery'];
};

export function createDeliverySettingResolvers(deps: {
  settings: DeliverySettingService;
  unsubscribe: Unsubscribe;
}): DeliverySettingResolvers {
  const { settings, unsubscribe } = deps;
  return {
    Query: {
      notificationDelivery: (_, _args, context) => settings.find(requireViewer(context).userId),
    },
    Mutation: {
      async updateNotificationDelivery(_, { input }, context) {
        const { userId } = requireViewer(context);
        const wrong = await settings.update(userId, input);
        const errors = wrong ? [inputError(wrong.error, wrong.field)] : [];
        return { delivery: await settings.find(userId), errors };
      },
      async unsubscribe(_, { input }) {
        const stopped = await unsubscribe(input.token);
        return { stopped, errors: stopped === null ? [inputError('TOKEN_INVALID', 'token')] : [] };
      },
    },
    NotificationDelivery: {
      push: ({ pushKinds }) => pushKinds,
      mail: ({ mailKinds }) => mailKinds,
      quietHours: ({ quiet }) => quiet && { from: timeOf(quiet.from), to: timeOf(quiet.to) },
      digest: ({ digest, digestHour }) => ({ frequency: digest, hour: digestHour }),
    },
  };
}
