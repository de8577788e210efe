/** What is known of an account. */
export type AccountFacts = { userId: bigint; username: string; displayName: string; isPrivate: boolean };

/** What is known of a published post. */
export type PostFacts = { postId: bigint; authorId: bigint; caption: string; hashtags: string[]; publishedMs: bigint };

/** A post as an event tells of it: published, or gone. The event's sequence is the version. */
export type PostChange = PostFacts & { deleted: boolean; version: bigint };
/** An account as an event tells of it; `deleted` where it is not to be found, hidden by its owner or gone. */
export type AccountChange = AccountFacts & { deleted: boolean; version: bigint };

export type BlockChange = { blockerId: bigint; blockedId: bigint; active: boolean; version: bigint };

/** Above every sequence: of what nothing comes after. */
export const FINAL_VERSION = 2n ** 63n - 1n;

/** The newest of several changes of the same thing. */
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
