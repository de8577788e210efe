import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { CompleteResolvers, ModerationRecordKind } from '#generated/graphql.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'moderationRecords'>;

export function createRecordResolvers(deps: {
  list(kind: ModerationRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
}): RecordResolvers {
  return {
    moderationRecords: (_, { userId, kind, after, first }) => deps.list(kind, userId, after, recordLimit(first)),
  };
}
