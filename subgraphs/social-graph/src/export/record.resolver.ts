import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { CompleteResolvers, SocialGraphRecordKind } from '#generated/graphql.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'socialGraphRecords'>;

export function createRecordResolvers(deps: {
  list(kind: SocialGraphRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
}): RecordResolvers {
  return {
    socialGraphRecords: (_, { userId, kind, after, first }) => deps.list(kind, userId, after, recordLimit(first)),
  };
}
