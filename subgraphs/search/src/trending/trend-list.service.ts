import { parseId } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import {
  rankTrends,
  TREND_WINDOWS,
  type Trend,
  type TrendKind,
  type TrendWindow,
  trendScore,
  valueAt,
  WINDOWS,
} from './trend.rules.ts';
import type { TrendStore } from './trend.store.ts';
import type { TrendListStore } from './trend-list.store.ts';
import { findTrendPosts } from './trend-post.repository.ts';

export type TrendListService = {
  /** Computes all lists again from the counters. @param nowMs milliseconds since the Unix epoch */
  computeAll(nowMs: number): Promise<void>;
};

/** The length of a list: ten pages of twenty. */
const LISTED = 200;
/** How many candidates are read. Some of them no longer exist, or have too few authors. */
const LOOKED_AT = 2 * LISTED;
/** If fewer people post with a hashtag, it does not trend, however many people like the posts. */
const MIN_AUTHORS = 3;

export function createTrendListService(deps: {
  pool: Executor;
  store: TrendStore;
  lists: TrendListStore;
}): TrendListService {
  const { pool, store, lists } = deps;

  const rank = async (kind: TrendKind, window: TrendWindow, nowMs: number): Promise<Trend[]> => {
    const { short: shortHalfLife, base: baseHalfLife } = WINDOWS[window];
    const active = await store.active(kind, window, nowMs);
    const trends = active.map(({ key, short, base }) => {
      const people = valueAt(short, shortHalfLife, nowMs);
      return { key, people, score: trendScore(people, valueAt(base, baseHalfLife, nowMs), window) };
    });
    return rankTrends(trends).slice(0, LOOKED_AT);
  };

  /** Removes posts that were deleted or are no longer public, by id. */
  const posts = async (window: TrendWindow, nowMs: number): Promise<Trend[]> => {
    const ranked = await rank('post', window, nowMs);
    const ids = ranked.map(({ key }) => parseId(key.split(':')[0]!)!);
    const shown = await findTrendPosts(pool, ids);
    return ranked
      .map((trend, index) => ({ ...trend, key: String(ids[index]) }))
      .filter((_, index) => shown.has(ids[index]!));
  };

  const hashtags = async (window: TrendWindow, nowMs: number): Promise<Trend[]> => {
    const ranked = await rank('hashtag', window, nowMs);
    const authors = await store.authorCounts(
      window,
      ranked.map(({ key }) => key),
      nowMs,
    );
    return ranked.filter((_, index) => authors[index]! >= MIN_AUTHORS);
  };

  return {
    async computeAll(nowMs) {
      for (const window of TREND_WINDOWS) {
        await lists.put('hashtag', window, (await hashtags(window, nowMs)).slice(0, LISTED), nowMs);
        await lists.put('post', window, (await posts(window, nowMs)).slice(0, LISTED), nowMs);
      }
    },
  };
}
