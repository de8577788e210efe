import { describe, expect, test } from 'vitest';
import { type Action, can } from './policy.ts';
import { missingRelation, type Relation, selfRelation } from './relation.ts';

const stranger = (change: Partial<Relation> = {}): Relation => ({
  ...missingRelation(1n),
  exists: true,
  isPrivate: false,
  ...change,
});

describe('can', () => {
  test.each<[Action, Partial<Relation>, boolean]>([
    ['posts.view', {}, true],
    ['posts.view', { isPrivate: true }, false],
    ['posts.view', { isPrivate: true, requested: true }, false],
    ['posts.view', { isPrivate: true, followedBy: true }, false],
    ['posts.view', { isPrivate: true, follows: true }, true],
    ['posts.view', { follows: true, blockedBy: true }, false],
    ['posts.view', { follows: true, blocks: true }, false],
    ['posts.view', { mutes: true }, true],
    ['closeFriendPosts.view', {}, false],
    ['closeFriendPosts.view', { isCloseFriendOf: true }, true],
    ['closeFriendPosts.view', { hasAsCloseFriend: true, follows: true, followedBy: true }, false],
    ['closeFriendPosts.view', { isPrivate: true, isCloseFriendOf: true }, false],
    ['closeFriendPosts.view', { isPrivate: true, follows: true, isCloseFriendOf: true }, true],
    ['closeFriendPosts.view', { isCloseFriendOf: true, blockedBy: true }, false],
    ['closeFriendPosts.view', { isCloseFriendOf: true, blocks: true }, false],
    ['connections.view', { isPrivate: true }, false],
    ['profile.view', { isPrivate: true }, true],
    ['profile.view', { blocks: true }, true],
    ['profile.view', { blockedBy: true }, false],
    ['follow', { isPrivate: true }, true],
    ['follow', { blocks: true }, false],
    ['account.edit', { follows: true }, false],
    ['post.edit', { follows: true }, false],
  ])('%s of a stranger with %o: %s', (action, change, allowed) => {
    expect(can(action, stranger(change))).toBe(allowed);
  });

  test('denies everything about an account that does not exist', () => {
    for (const action of [
      'profile.view',
      'posts.view',
      'closeFriendPosts.view',
      'connections.view',
      'follow',
    ] as const) {
      expect(can(action, missingRelation(1n))).toBe(false);
    }
  });

  test('lets a person do everything to themselves but follow', () => {
    expect(can('post.edit', selfRelation(1n))).toBe(true);
    expect(can('posts.view', selfRelation(1n))).toBe(true);
    expect(can('closeFriendPosts.view', selfRelation(1n))).toBe(true);
    expect(can('follow', selfRelation(1n))).toBe(false);
  });

  test('denies an action that it does not know', () => {
    expect(can('toString' as Action, stranger())).toBe(false);
  });
});
