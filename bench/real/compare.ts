import type { TintypeClient } from '@tintype/schema/client';
import { HomeFeedDocument } from '@tintype/schema/operations';
import type { Pool } from 'pg';
import { inParallel } from '#fixture/figures.ts';

export type Comparison = { feeds: number; entries: number; differences: string[] };

const READERS_AT_ONCE = 8;
const SHOWN = 5;

/**
 * The expected home feeds, from the data of post and social-graph alone: one independent query that shares no code and
 * no table with the feed.
 */
async function expectedFeeds(pool: Pool, readers: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ reader: string; ids: string[] }>(
    `SELECT reader::text, array_agg('Post_' || id ORDER BY published_at DESC, id DESC) AS ids
     FROM unnest($1::bigint[]) AS reader
     JOIN post.post p ON p.state = 'PUBLISHED' AND p.deleted_at IS NULL
      AND (p.author_id = reader OR EXISTS (
        SELECT 1 FROM social_graph.follow f WHERE f.follower_id = reader AND f.followee_id = p.author_id))
     GROUP BY reader`,
    [readers],
  );
  return new Map(rows.map((row) => [row.reader, row.ids.slice(0, 1000)]));
}

/** A home feed through the gateway, paged to its end. A hidden post is returned as `hidden`. */
export async function readFeed(client: TintypeClient, first = 50): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: { homeFeed: FeedPage | null } = await client.request(HomeFeedDocument, { first, after });
    ids.push(...page.homeFeed!.edges.map((edge) => edge.node?.id ?? 'hidden'));
    if (!page.homeFeed!.pageInfo.hasNextPage) return ids;
    after = page.homeFeed!.pageInfo.endCursor;
  }
}

type FeedPage = {
  edges: { node: { id: string } | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};

/** Compares every reader's feed with the query: nothing missing, extra, doubled or out of place. */
export async function compareFeeds(pool: Pool, readers: ReadonlyMap<string, TintypeClient>): Promise<Comparison> {
  const expected = await expectedFeeds(pool, [...readers.keys()]);
  const differences: string[] = [];
  let entries = 0;
  await inParallel([...readers], READERS_AT_ONCE, async ([id, client]) => {
    const right = expected.get(id) ?? [];
    const shown = await readFeed(client);
    entries += shown.length;
    if (shown.join() !== right.join()) differences.push(describe(id, right, shown));
  });
  return { feeds: readers.size, entries, differences };
}

function describe(reader: string, right: readonly string[], shown: readonly string[]): string {
  const missing = right.filter((id) => !shown.includes(id));
  const extra = shown.filter((id) => !right.includes(id));
  const doubled = shown.length - new Set(shown).size;
  const some = (ids: readonly string[]) => `${ids.length} (${ids.slice(0, SHOWN).join(', ')})`;
  return `reader ${reader}: missing ${some(missing)}, extra ${some(extra)}, doubled ${doubled}, of ${right.length}`;
}
