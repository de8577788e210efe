import { missingRelation, type PostAudience, type Relation, selfRelation } from '@tintype/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContentRestriction, PostState } from '#generated/graphql.ts';
import { checkPost, isVisible } from './post.rules.ts';

const media = (...uploadIds: string[]) => uploadIds.map((uploadId) => ({ uploadId }));
const wrong = (caption: string, photos = media('1'), isNewAccount = false) =>
  checkPost(
    { caption, media: photos, audience: 'EVERYONE' },
    { hasBannedWord: (text) => text.includes('banned'), isNewAccount },
  ).map(({ code, path }) => `${code} ${path.join('.')}`);

describe('a new post', () => {
  test('of a new account has fewer mentions and links in its caption', () => {
    const [six, two] = ['@a @b @c @d @e @f', 'https://a.example and https://b.example'];
    expect([wrong(six), wrong(two)]).toEqual([[], []]);
    expect(wrong(six, media('1'), true)).toEqual(['TOO_MANY_MENTIONS input.caption']);
    expect(wrong(two, media('1'), true)).toEqual(['TOO_MANY_LINKS input.caption']);
    expect(wrong('@a @b @c @d @e https://a.example', media('1'), true)).toEqual([]);
  });

  test('has no banned word in its caption and alt texts', () => {
    expect(wrong('a banned word')).toEqual(['TEXT_NOT_ALLOWED input.caption']);
    const photos = [{ uploadId: '1' }, { uploadId: '2', altText: 'banned' }];
    expect(wrong('a word', photos)).toEqual(['TEXT_NOT_ALLOWED input.media.1.altText']);
  });

  test('has a caption of up to 2,200 code points, after composition', () => {
    expect(wrong('x'.repeat(2200))).toEqual([]);
    expect(wrong('e\u0301'.repeat(2200))).toEqual([]);
    expect(wrong('\u{1f4f7}'.repeat(2200))).toEqual([]);
    expect(wrong('x'.repeat(2201))).toEqual(['TEXT_TOO_LONG input.caption']);
  });

  test('has no control characters but tabs and line breaks', () => {
    expect(wrong('a\tb\nc\r\nd\re')).toEqual([]);
    for (const code of [0, 8, 0x0b, 0x0c, 0x1b, 0x7f, 0x85]) {
      expect(wrong(`a${String.fromCharCode(code)}`)).toEqual(['TEXT_INVALID input.caption']);
    }
  });

  test('has one to twenty photos, each upload once', () => {
    const many = Array.from({ length: 21 }, (_, index) => String(index + 1));
    expect(wrong('', media(...many.slice(1)))).toEqual([]);
    expect(wrong('', media(...many))).toEqual(['FILE_COUNT_INVALID input.media']);
    expect(wrong('', [])).toEqual(['FILE_COUNT_INVALID input.media']);
    expect(wrong('', media('1', '2', '1', '1'))).toEqual([
      'UPLOAD_USED input.media.2.uploadId',
      'UPLOAD_USED input.media.3.uploadId',
    ]);
  });

  test('reports all errors at once', () => {
    const photos = [
      { uploadId: '1', altText: '\u0000' },
      { uploadId: '1', altText: 'x'.repeat(1001) },
    ];
    expect(wrong('\u0000', photos)).toEqual([
      'TEXT_INVALID input.caption',
      'UPLOAD_USED input.media.1.uploadId',
      'TEXT_INVALID input.media.0.altText',
      'TEXT_TOO_LONG input.media.1.altText',
    ]);
  });
});

describe('a post is shown', () => {
  const flags = [
    'isPrivate',
    'follows',
    'requested',
    'followedBy',
    'blocks',
    'blockedBy',
    'mutes',
    'restricts',
    'restrictedBy',
    'hasAsCloseFriend',
    'isCloseFriendOf',
  ] as const;
  const strangers = fc
    .record(
      Object.fromEntries(flags.map((flag) => [flag, fc.boolean()])) as Record<
        (typeof flags)[number],
        fc.Arbitrary<boolean>
      >,
    )
    .map((relation): Relation => ({ ...missingRelation(1n), exists: true, ...relation }));
  const states = fc.constantFrom<PostState>('PROCESSING', 'PUBLISHED', 'FAILED');
  const post = (state: PostState, restriction: ContentRestriction = 'NONE') => ({
    id: 2n,
    authorId: 1n,
    caption: '',
    mentionedIds: [],
    audience: 'EVERYONE' as PostAudience,
    state,
    restriction,
    failureReason: null,
    createdAt: new Date(0),
    publishedAt: null,
  });

  test('to its author in any state, and to nobody of whom nothing is known', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(isVisible(post(state), selfRelation(1n))).toBe(true);
        expect(isVisible(post(state), missingRelation(1n))).toBe(false);
        expect(isVisible(post(state), null)).toBe(false);
      }),
    );
  });

  test('to others when it is published, they are apart from nobody, and they may look', () => {
    fc.assert(
      fc.property(states, strangers, (state, relation) => {
        const may = !relation.blocks && !relation.blockedBy && (!relation.isPrivate || relation.follows);
        expect(isVisible(post(state), relation)).toBe(state === 'PUBLISHED' && may);
      }),
    );
  });

  test('to close friends who may look, if it is for close friends', () => {
    fc.assert(
      fc.property(states, strangers, (state, relation) => {
        const forFriends = { ...post(state), audience: 'CLOSE_FRIENDS' as const };
        expect(isVisible(forFriends, relation)).toBe(relation.isCloseFriendOf && isVisible(post(state), relation));
        expect(isVisible(forFriends, selfRelation(1n))).toBe(true);
        expect(isVisible(forFriends, missingRelation(1n))).toBe(false);
      }),
    );
  });

  test('to its author if a moderator hid it, and to nobody if a moderator removed it', () => {
    fc.assert(
      fc.property(states, strangers, (state, relation) => {
        expect(isVisible(post(state, 'HIDDEN'), selfRelation(1n))).toBe(true);
        expect(isVisible(post(state, 'HIDDEN'), relation)).toBe(false);
        expect(isVisible(post(state, 'REMOVED'), selfRelation(1n))).toBe(false);
        expect(isVisible(post(state, 'REMOVED'), relation)).toBe(false);
      }),
    );
  });
});
