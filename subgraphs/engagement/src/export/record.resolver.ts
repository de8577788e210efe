import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { CompleteResolvers, EngagementRecordKind } from '#generated/graphql.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'engagementRecords'>;

export function createRecordResolvers(deps: {
  list(kind: EngagementRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
}): RecordResolvers {
  return {
    engagementRecords: (_, { userId, kind, after, first }) => deps.list(kind, userId, after, recordLimit(first)),
  };
}
