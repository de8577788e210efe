import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Suspension } from './sanction.model.ts';
import type { SanctionService } from './sanction.service.ts';

type SanctionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'suspension' | 'notifiableAccounts'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'imposeSanction' | 'reviewSanction'>;
};

export function createSanctionResolvers(deps: {
  sanctions: SanctionService;
  findSuspension(userId: bigint): Promise<Suspension | null>;
  findNotifiable(userIds: readonly bigint[]): Promise<bigint[]>;
}): SanctionResolvers {
  const { sanctions, findSuspension, findNotifiable } = deps;
  return {
    Query: {
      suspension: (_, __, context) => findSuspension(requireViewer(context).userId),
      notifiableAccounts: (_, { userIds }) => findNotifiable(userIds),
    },
    Mutation: {
      imposeSanction: (_, { until = null, ...sanction }) => sanctions.impose({ ...sanction, until }),
      reviewSanction: (_, review) => sanctions.review(review),
    },
  };
}
