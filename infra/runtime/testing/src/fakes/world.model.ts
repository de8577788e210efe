import type { PostAudience, Relation } from '@tintype/policy';

export type WorldPerson = {
  readonly id: bigint;
  username: string;
  displayName: string;
  email: string;
  isPrivate: boolean;
  state: 'ACTIVE' | 'DEACTIVATED' | 'DELETED';
  visibilityVersion: bigint;
};

export type WorldPost = {
  readonly id: bigint;
  readonly authorId: bigint;
  readonly audience: PostAudience;
  readonly caption: string;
  readonly hashtags: readonly string[];
  readonly mentionedIds: readonly bigint[];
  readonly publishedMs: number;
  state: 'PROCESSING' | 'PUBLISHED' | 'FAILED';
};

/** What there is in a world. */
export type WorldState = {
  people: ReadonlyMap<bigint, WorldPerson>;
  posts: ReadonlyMap<bigint, WorldPost>;
  /** Follows as `<who>:<whom>`, in the order in which they began. */
  follows: ReadonlySet<string>;
  relation(viewerId: bigint | undefined, userId: bigint): Relation;
  /** Whether this viewer sees the post; undefined is a visitor. */
  isVisible(viewerId: bigint | undefined, postId: bigint): boolean;
};
