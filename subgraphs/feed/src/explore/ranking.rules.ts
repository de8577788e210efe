/** Why a post is recommended: the source that contributes most to its score. */
export const REASONS = ['TRENDING', 'LIKED_BY_SIMILAR', 'HASHTAG'] as const;
export type Reason = (typeof REASONS)[number];

/** A post that one or more sources offer. Each score is above 0, in the unit of its source. */
export type Candidate = {
  postId: bigint;
  authorId: bigint;
  publishedMs: number;
  likeCount: number;
  commentCount: number;
  shareCount: number;
  scores: Partial<Record<Reason, number>>;
};
export type Ranked = { postId: bigint; authorId: bigint; reason: Reason; score: number };

/**
 * The weight of the best post of each source: similar likes count more than a hashtag, and a hashtag counts more than a
 * trend.
 */
const SOURCE_WEIGHTS: Record<Reason, number> = { TRENDING: 0.5, LIKED_BY_SIMILAR: 0.7, HASHTAG: 0.6 };
/** The score of a post halves in this time. */
const HALF_LIFE_MS = 72 * 3_600_000;
/** The engagement at which the quality is one half. A few likes matter little, and so do a few more on top of many. */
const HALF_QUALITY = 20;
/** By how much the seed changes a score in either direction, so that a refresh does not show the same page. */
const JITTER = 0.05;
/** Among this many consecutive posts, at most `PER_AUTHOR` are by one author. */
export const WINDOW = 20;
export const PER_AUTHOR = 2;
/** At most this many consecutive posts have the same reason, as long as there are others. */
export const SAME_REASON = 2;

/**
 * Candidates, best first. The result depends only on the candidates and the seed, not on the order of the candidates.
 *
 * score = match x (1 + quality) / 2 x 2^(-age / half-life) x jitter, where match = 1 - product over sources of (1 -
 * weight x score / best score of the source), so that sources that agree add up without exceeding 1. Then posts are
 * placed greedily. A post whose author has enough places in the window waits, and a post that can never be placed is
 * left out.
 */
export function rank(candidates: readonly Candidate[], options: { seed: number; nowMs: number }): Ranked[] {
  const best = bestOf(candidates);
  const scored = candidates.map((candidate) => scoreOf(candidate, best, options)).filter((one) => one.score > 0);
  scored.sort((a, b) => b.score - a.score || (a.postId < b.postId ? 1 : -1));
  return spread(scored);
}

function bestOf(candidates: readonly Candidate[]): Record<Reason, number> {
  const best: Record<Reason, number> = { TRENDING: 0, LIKED_BY_SIMILAR: 0, HASHTAG: 0 };
  for (const { scores } of candidates) {
    for (const reason of REASONS) best[reason] = Math.max(best[reason], scores[reason] ?? 0);
  }
  return best;
}

function scoreOf(candidate: Candidate, best: Record<Reason, number>, options: { seed: number; nowMs: number }): Ranked {
  const { postId, authorId, publishedMs, likeCount, commentCount, shareCount, scores } = candidate;
  let [reason, most, missed]: [Reason, number, number] = ['TRENDING', 0, 1];
  for (const source of REASONS) {
    const share = best[source] > 0 ? (SOURCE_WEIGHTS[source] * (scores[source] ?? 0)) / best[source] : 0;
    missed *= 1 - share;
    if (share > most) [reason, most] = [source, share];
  }
  const engagement = likeCount + 2 * commentCount + 3 * shareCount;
  const quality = engagement / (engagement + HALF_QUALITY);
  const recency = 2 ** (-Math.max(0, options.nowMs - publishedMs) / HALF_LIFE_MS);
  const jitter = 1 + JITTER * (2 * noise(options.seed, postId) - 1);
  return { postId, authorId, reason, score: (((1 - missed) * (1 + quality)) / 2) * recency * jitter };
}

/** A number from 0 to 1 that depends on the seed and the post (FNV-1a). */
function noise(seed: number, postId: bigint): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed}:${postId}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

function spread(sorted: readonly Ranked[]): Ranked[] {
  const left = [...sorted];
  const placed: Ranked[] = [];
  while (left.length > 0) {
    const near = placed.slice(-(WINDOW - 1));
    const last = placed.slice(-SAME_REASON);
    const isFree = ({ authorId }: Ranked) => near.filter((one) => one.authorId === authorId).length < PER_AUTHOR;
    const isOther = ({ reason }: Ranked) => last.length < SAME_REASON || last.some((one) => one.reason !== reason);
    const other = left.findIndex((one) => isFree(one) && isOther(one));
    const index = other >= 0 ? other : left.findIndex(isFree);
    if (index < 0) break;
    placed.push(...left.splice(index, 1));
  }
  return placed;
}
