/** What the index needs of an account. */
export type AccountProjection = { userId: bigint; username: string; displayName: string; isPrivate: boolean };

/** What the index needs of a published post. */
export type PostProjection = {
  postId: bigint;
  authorId: bigint;
  caption: string;
  hashtags: string[];
  publishedMs: bigint;
};

/** The state of a post after an event: published or deleted. The version is the event's sequence. */
export type PostChange = PostProjection & { deleted: boolean; version: bigint };
/** The state of an account after an event. `deleted` also if its owner has deactivated it. */
export type AccountChange = AccountProjection & { deleted: boolean; version: bigint };

export type BlockChange = { blockerId: bigint; blockedId: bigint; active: boolean; version: bigint };

/** Higher than every sequence, so that no later event applies. */
export const FINAL_VERSION = 2n ** 63n - 1n;

/** The newest change of each object. */
export function newest<Change extends { version: bigint }>(
  changes: readonly Change[],
  keyOf: (change: Change) => string,
): Change[] {
  const found = new Map<string, Change>();
  for (const change of changes) {
    const before = found.get(keyOf(change));
    if (!before || before.version < change.version) found.set(keyOf(change), change);
  }
  return [...found.values()];
}
