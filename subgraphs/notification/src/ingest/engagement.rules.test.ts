import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { describe, expect, test } from 'vitest';
import { readBatch } from './engagement.rules.ts';

function anEvent(name: string, sequence: number, data: object): EventEnvelope {
  return {
    specversion: '1.0',
    id: '1',
    source: '/tintype/engagement',
    type: `tintype.engagement.${name}.v1`,
    subject: 'x',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: String(sequence),
    data,
  };
}

const COMMENT = { commentId: '5', parentId: null, postId: '7', authorId: '1', userId: '2' };
const created = (sequence: number, mentionedIds: string[] = []) =>
  anEvent('comment.created', sequence, {
    ...COMMENT,
    parentAuthorId: null,
    mentionedIds,
    hashtags: [],
    createdMs: 9,
    isHidden: true,
  });
const edited = (sequence: number, addedMentionIds: string[], removedMentionIds: string[]) =>
  anEvent('comment.edited', sequence, { ...COMMENT, addedMentionIds, removedMentionIds, isHidden: false });
const LIKE = {
  likeId: '1',
  liked: true,
  userId: '2',
  postId: '7',
  commentId: null,
  authorId: '1',
  targetAuthorId: '1',
};

describe('reading a batch of events', () => {
  test.each([[[created(1, ['3']), edited(2, ['4'], ['3'])]], [[edited(2, ['4'], ['3']), created(1, ['3'])]]])(
    'merges all events of a comment and of a mention (%#)',
    (events) => {
      const { comments, mentions } = readBatch(events);
      expect(comments).toEqual([
        expect.objectContaining({ id: 5n, createdMs: 9n, isHidden: false, version: 2n, parentAuthorId: null }),
      ]);
      expect(mentions.toSorted((one, other) => Number(one.userId - other.userId))).toEqual([
        { commentId: 5n, userId: 3n, mentioned: false, version: 2n },
        { commentId: 5n, userId: 4n, mentioned: true, version: 2n },
      ]);
    },
  );

  test('orders likes by event and position, and leaves out saves and likes of own posts', () => {
    const own = { ...LIKE, userId: '1' };
    const { changes } = readBatch([
      anEvent('like.recorded', 3, { changes: [LIKE, own, { ...LIKE, liked: false }] }),
      anEvent('save.created', 4, { userId: '2', postId: '7', authorId: '1' }),
    ]);
    expect(changes.map(({ version, present }) => [version, present])).toEqual([
      [3n * 1024n, true],
      [3n * 1024n + 2n, false],
    ]);
  });

  test.each([
    anEvent('like.recorded', 1, {}),
    anEvent('like.recorded', 1, { changes: [{ ...LIKE, userId: 'x' }] }),
    anEvent('comment.created', 1, { ...COMMENT, parentAuthorId: null, mentionedIds: [], isHidden: false }),
    anEvent('comment.edited', 1, { ...COMMENT, addedMentionIds: 'all', removedMentionIds: [] }),
    anEvent('comment.deleted', 1, { commentId: '0' }),
    anEvent('share.created', 1, { shareId: '1', postId: '7', authorId: '1', userId: '2' }),
  ])('rejects malformed data of $type', (event) => {
    expect(() => readBatch([event])).toThrow(UnprocessableEventError);
  });
});
