import { type UserError, userError } from '@tintype/graphql';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { HARMFUL_TEXT_MESSAGE, MAX_BANNED_WORD } from '@tintype/text';
import {
  APPEAL_DAYS,
  MAX_APPEAL_TEXT,
  MAX_BANNED_WORDS,
  MAX_REPORT_TEXT,
  MAX_REPORTS,
  MAX_SUSPENSION_DAYS,
} from './limits.ts';

/** The messages of input errors. */
const MESSAGES = {
  USER_NOT_FOUND: 'This account does not exist.',
  POST_NOT_FOUND: 'This post does not exist.',
  COMMENT_NOT_FOUND: 'This comment does not exist.',
  SELF_NOT_ALLOWED: 'You cannot report yourself, or what you published.',
  TEXT_REQUIRED: 'Write why the decision is wrong.',
  TEXT_TOO_LONG: `A report can have up to ${MAX_REPORT_TEXT} characters, an appeal up to ${MAX_APPEAL_TEXT}.`,
  TEXT_INVALID: HARMFUL_TEXT_MESSAGE,
  TOO_MANY_REPORTS: `You can send up to ${MAX_REPORTS} reports within 24 hours, and ${NEW_ACCOUNT_LIMITS.reports} in the first days of an account. Try again later.`,
  CASE_NOT_FOUND: 'This case does not exist.',
  CASE_CLAIMED: 'Another moderator has claimed this case.',
  CASE_NOT_CLAIMED: 'You have not claimed this case, or your claim has run out. Claim it first.',
  CASE_DECIDED: 'This case has been decided.',
  CASE_NOT_DECIDED: 'This case has no decision that can be undone.',
  DECISION_NOT_FOUND: 'There is no such decision about you.',
  DECISION_APPEALED: 'There is already an appeal against this decision.',
  DECISION_REVERSED: 'This decision has already been undone.',
  DECISION_TOO_OLD: `You can appeal within ${APPEAL_DAYS} days of a decision.`,
  CASE_NOT_ALLOWED:
    'You cannot decide about yourself, your own decision or what you reported. Only an admin can decide about an admin.',
  ACTION_NOT_APPLICABLE: 'This action is not possible for what the case is about.',
  SUSPENSION_INVALID: `Suspend somebody for 1 to ${MAX_SUSPENSION_DAYS} days. No other action has a number of days.`,
  WORD_INVALID: `Enter one word of 2 to ${MAX_BANNED_WORD} letters and digits, optionally with an asterisk at its end.`,
  TOO_MANY_BANNED_WORDS: `The list can have up to ${MAX_BANNED_WORDS} words. Remove one first.`,
} as const;

export type ErrorCode = keyof typeof MESSAGES;

/** @param field of the input */
export function inputError<Code extends ErrorCode>(code: Code, field: string): UserError<Code> {
  return userError(code, MESSAGES[code], 'input', field);
}
