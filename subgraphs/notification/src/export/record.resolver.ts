import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { CompleteResolvers, NotificationRecordKind } from '#generated/graphql.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'notificationRecords'>;

export function createRecordResolvers(deps: {
  list(kind: NotificationRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
}): RecordResolvers {
  return {
    notificationRecords: (_, { userId, kind, after, first }) => deps.list(kind, userId, after, recordLimit(first)),
  };
}
