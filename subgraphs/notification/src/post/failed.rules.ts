import { type EventEnvelope, readData } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { CauseWord } from '#cause/cause.model.ts';

/** That a post could not be published concerns its author, who also counts as the one who did it. @throws UnprocessableEventError */
export function wordOf(event: EventEnvelope): CauseWord {
  const { postId, authorId } = readData(POST_EVENTS, 'tintype.post.post.failed.v1', event);
  return {
    recipientId: authorId,
    key: `failed:${postId}`,
    kind: 'POST_FAILED',
    targetId: postId,
    actorId: authorId,
    postId,
    commentId: null,
    atMs: BigInt(Date.parse(event.time)),
    version: BigInt(event.sequence),
    present: true,
  };
}
