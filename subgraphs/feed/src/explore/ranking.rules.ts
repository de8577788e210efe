/** Why a post is offered: the source that speaks for it most. */
export const REASONS = ['TRENDING', 'LIKED_BY_SIMILAR', 'HASHTAG'] as const;
export type Reason = (typeof REASONS)[number];

/** A post as one or more sources offer it: `scores` as the source counts, in its own unit, above 0. */
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

/** How much the best post of a source is worth: taste says more than a tag, and a tag more than what everybody looks at. */
const SOURCE_WEIGHTS: Record<Reason, number> = { TRENDING: 0.5, LIKED_BY_SIMILAR: 0.7, HASHTAG: 0.6 };
/** A post is worth half as much after this long. */
const HALF_LIFE_MS = 72 * 3_600_000;
/** Engagement at which quality is one half: few likes say little, and many more than that say little more. */
const HALF_QUALITY = 20;
/** How far the seed moves a score either way, so that a refresh is not the same page again. */
const JITTER = 0.05;
/** In any so many neighbouring posts there are at most `PER_AUTHOR` of one author. */
export const WINDOW = 20;
export const PER_AUTHOR = 2;
/** So many posts of one reason follow each other at most while another one is left. */
export const SAME_REASON = 2;

/**
 * Candidates, best first; the same for the same seed, in whatever order they come.
 *
 * score = match x (1 + quality) / 2 x 2^(-age / half-life) x jitter, where match = 1 - product over sources of
 * (1 - weight x score / best score of the source), so that sources which agree add up without passing 1. Places are then
 * given out greedily; who has had their places in the window waits, and what can never be placed is left out.
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

/** 0..1 from a seed and a post: FNV-1a. */
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
