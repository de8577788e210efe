import { type EventEnvelope, idOf } from '@tintype/events';
import type { CauseWord } from '#cause/cause.model.ts';

/** That a post could not be published concerns its author, who also counts as the one who did it. @throws UnprocessableEventError */
export function wordOf({ data, time, sequence }: EventEnvelope): CauseWord {
  const [postId, authorId] = [idOf(data, 'postId'), idOf(data, 'authorId')];
  return {
    recipientId: authorId,
    key: `failed:${postId}`,
    kind: 'POST_FAILED',
    targetId: postId,
    actorId: authorId,
    postId,
    commentId: null,
    atMs: BigInt(Date.parse(time)),
    version: BigInt(sequence),
    present: true,
  };
}
