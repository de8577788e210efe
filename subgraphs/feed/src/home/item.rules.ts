import type { Entry } from '#timeline/timeline.model.ts';

/** A post in the feed: the newest entry that shows it, and the ids of its shares on this page, newest first. */
export type Item = { entry: Entry; shareIds: bigint[] };

/** The post that an entry shows. For a share, this is the shared post. */
export function postOf({ postId, sharedPostId }: Entry): bigint {
  return sharedPostId ?? postId;
}

/** Whether an entry comes after a position in a list that is sorted newest first. */
export function isOlder(entry: Entry, position: Entry): boolean {
  if (entry.publishedMs !== position.publishedMs) return entry.publishedMs < position.publishedMs;
  return entry.postId < position.postId;
}

/**
 * Adds entries to a page, newest first. If a post is on the page already, the share is added to it.
 *
 * @param wanted the maximum number of posts on the page
 */
export function addEntries(items: Map<bigint, Item>, entries: readonly Entry[], wanted: number): void {
  for (const entry of entries) {
    const shareIds = entry.sharedPostId == null ? [] : [entry.postId];
    const item = items.get(postOf(entry));
    if (item) item.shareIds.push(...shareIds);
    else if (items.size < wanted) items.set(postOf(entry), { entry, shareIds });
  }
}
