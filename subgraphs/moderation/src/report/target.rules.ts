import { type GlobalId, globalId } from '@tintype/ids';
import type { ReportTargetType } from '#generated/graphql.ts';

/** The types of the global IDs of targets. */
const ID_TYPES = {
  USER: 'User',
  POST: 'Post',
  COMMENT: 'Comment',
  DECISION: 'ModerationDecision',
} as const satisfies Record<ReportTargetType, string>;

/** The global ID of what a case is about. */
export function targetIdOf({ targetType, targetId }: { targetType: ReportTargetType; targetId: bigint }): GlobalId {
  return globalId(ID_TYPES[targetType], targetId);
}
