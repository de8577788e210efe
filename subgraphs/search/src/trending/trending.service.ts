import { type Connection, type Loader, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import type { VisiblePost } from '@tintype/graphql/internal';
import type { Trend, TrendKind, TrendWindow } from './trend.rules.ts';
import type { TrendListStore } from './trend-list.store.ts';

/** A trend in a list. Its cursor consists of the list's id and the position. */
export type Listed = { trend: Trend; sortKey: bigint[] };

export type TrendingService = {
  /** Trends on posts that the viewer may see. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  hashtags(window: TrendWindow, args: PageArgs, visibleHashtags: Loader<string, true>): Promise<Connection<Trend>>;
  /** Posts that the viewer may see. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  posts(window: TrendWindow, args: PageArgs, visiblePosts: Loader<bigint, VisiblePost>): Promise<Connection<Trend>>;
  /** The first ones, without a check of who may see them. @throws RequestError BAD_PAGE_SIZE */
  postIds(window: TrendWindow, first: number): Promise<bigint[]>;
};

export function createTrendingService(deps: { lists: TrendListStore }): TrendingService {
  const { lists } = deps;

  /** Pages stay in one list while it is stored. After that, they continue at the same position of the newest list. */
  const page = (
    kind: TrendKind,
    window: TrendWindow,
    args: PageArgs,
    isShown: (trends: readonly Trend[]) => Promise<readonly boolean[]>,
  ): Promise<Connection<Trend>> => {
    return visiblePage<Listed, Trend>({
      page: pageArgs(args, `trending:${kind}:${window}`, 2),
      async read(after, limit) {
        const { id, trends } = await lists.find(kind, window, after?.[0] ?? null);
        const from = after ? Number(after[1]) + 1 : 0;
        return trends.slice(from, from + limit).map((trend, index) => ({ trend, sortKey: [id, BigInt(from + index)] }));
      },
      sortKeyOf: ({ sortKey }) => sortKey,
      async present(rows) {
        const shown = await isShown(rows.map(({ trend }) => trend));
        return rows.map(({ trend }, index) => (shown[index] ? trend : null));
      },
    });
  };

  return {
    hashtags: (window, args, visibleHashtags) =>
      page('hashtag', window, args, async (trends) => {
        const found = await Promise.all(trends.map(({ key }) => visibleHashtags.load(key)));
        return found.map((one) => one !== null);
      }),
    posts: (window, args, visiblePosts) =>
      page('post', window, args, async (trends) => {
        const found = await Promise.all(trends.map(({ key }) => visiblePosts.load(BigInt(key))));
        return found.map((one) => one !== null);
      }),
    async postIds(window, first) {
      const page = pageArgs({ first }, 'trending', 2);
      return (await lists.find('post', window, null)).trends.slice(0, page.size).map(({ key }) => BigInt(key));
    },
  };
}
