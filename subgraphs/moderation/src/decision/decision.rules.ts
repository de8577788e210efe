import type { ModerationAction, ReportTargetType } from '#generated/graphql.ts';
import { MAX_SUSPENSION_DAYS } from '../limits.ts';

/** Actions about a person, whatever they did. */
const ABOUT_PERSON = ['DISMISS', 'WARN', 'SUSPEND', 'BAN'] as const;
const ABOUT_CONTENT = [...ABOUT_PERSON, 'HIDE', 'REMOVE'] as const;

const ACTIONS: Readonly<Record<ReportTargetType, readonly ModerationAction[]>> = {
  USER: ABOUT_PERSON,
  POST: ABOUT_CONTENT,
  COMMENT: ABOUT_CONTENT,
  DECISION: ['UPHOLD', 'REVERSE'],
};

/** Whether the person is told about such a decision. When an appeal is decided, they are told about the first one. */
export function isTold(targetType: ReportTargetType, action: ModerationAction): boolean {
  return action !== 'DISMISS' && targetType !== 'DECISION';
}

/** What is wrong with what a moderator wants to do about a case. */
export function checkAction(
  targetType: ReportTargetType,
  action: ModerationAction,
  suspendDays: number | null,
): 'ACTION_NOT_APPLICABLE' | 'SUSPENSION_INVALID' | null {
  if (!ACTIONS[targetType].includes(action)) return 'ACTION_NOT_APPLICABLE';
  const isRight =
    action === 'SUSPEND'
      ? suspendDays !== null && suspendDays >= 1 && suspendDays <= MAX_SUSPENSION_DAYS
      : suspendDays === null;
  return isRight ? null : 'SUSPENSION_INVALID';
}
