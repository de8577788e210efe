import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { CompleteResolvers, FeedRecordKind } from '#generated/graphql.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'feedRecords'>;

export function createRecordResolvers(deps: {
  list(kind: FeedRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
}): RecordResolvers {
  return {
    feedRecords: (_, { userId, kind, after, first }) => deps.list(kind, userId, after, recordLimit(first)),
  };
}
