import { lengthOf } from '@tintype/text';
import type { ReportedContent } from '#case/reported-content.ts';
import type { ReportTargetType } from '#generated/graphql.ts';
import { MAX_EXCERPT } from '../limits.ts';

const ELLIPSIS = '…';
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** A cut could separate them from the marks that close them, and so change the direction of the text around it. */
const DIRECTION_MARKS = /[\u202a-\u202c\u2066-\u2069]/g;

/** The beginning of what is judged: the text of a post or comment, or the username, name and bio of an account. */
export function excerptOf(
  targetType: ReportTargetType,
  { username, text }: Pick<ReportedContent, 'username' | 'text'>,
): string {
  const whole = targetType === 'USER' ? `@${username}\n${text}`.trim() : text;
  if (lengthOf(whole) <= MAX_EXCERPT) return whole;
  let excerpt = '';
  let left = MAX_EXCERPT - ELLIPSIS.length;
  for (const { segment } of characters.segment(whole.replaceAll(DIRECTION_MARKS, ''))) {
    left -= lengthOf(segment);
    if (left < 0) break;
    excerpt += segment;
  }
  return `${excerpt.trimEnd()}${ELLIPSIS}`;
}
