export type TrendKind = 'hashtag' | 'post';
export type TrendWindow = 'HOUR' | 'DAY';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How each window is counted, in milliseconds: people are distinct within a bucket; `short` and `base` are the half-lives of what
 * happens now and of what is usual, long enough apart that a burst hardly moves its own baseline.
 */
export const WINDOWS: Record<TrendWindow, { bucket: number; short: number; base: number }> = {
  HOUR: { bucket: HOUR, short: 20 * MINUTE, base: DAY },
  DAY: { bucket: DAY, short: 6 * HOUR, base: 7 * DAY },
};

export const TREND_WINDOWS = Object.keys(WINDOWS) as TrendWindow[];

/** Of what is older, new likes are no news. */
export const MAX_POST_AGE_MS = 7 * DAY;

/**
 * People counted so far, each weighing half as much after each half-life: a weight for each of them that is fixed when it is counted
 * and only scaled afterwards, so that what comes late counts as if it had come in time. G. Cormode, V. Shkapenyuk, D. Srivastava
 * and B. Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009.
 */
export type Counter = { value: number; atMs: number };

export const NOTHING: Counter = { value: 0, atMs: 0 };

/** What a counter is worth at a time; of one that is ahead of it, what it is worth already. */
export function valueAt({ value, atMs }: Counter, halfLife: number, nowMs: number): number {
  return value * 2 ** -(Math.max(nowMs - atMs, 0) / halfLife);
}

/** People that are nothing unusual for what hardly anybody knew before: without them the second one would be a sensation. */
const PRIOR = 4;

/**
 * By how many standard deviations more people than usual come:
 *
 *     (short - expected) / sqrt(expected + prior),  expected = base * shortHalfLife / baseHalfLife
 *
 * A counter of half-life h at a steady rate r stands at r * h / ln 2: so the baseline says how high the short one stands when all is as
 * usual. Counts of independent people are Poisson, whose variance is their mean.
 *
 * @param short worth now @param base worth now
 */
export function trendScore(short: number, base: number, window: TrendWindow): number {
  const { short: shortHalfLife, base: baseHalfLife } = WINDOWS[window];
  const expected = base * (shortHalfLife / baseHalfLife);
  return (short - expected) / Math.sqrt(expected + PRIOR);
}

/** Something that may be on a list: how unusual it is, and how many people that are. */
export type Trend = { key: string; score: number; people: number };

/** Fewer people, faded as they are, are not a trend, nor is what is not clearly more than usual. */
const MIN_PEOPLE = 2;
const MIN_SCORE = 1;

/** The most unusual ones first. */
export function rankTrends(trends: readonly Trend[]): Trend[] {
  return trends
    .filter(({ score, people }) => people >= MIN_PEOPLE && score >= MIN_SCORE)
    .toSorted((one, other) => other.score - one.score || (one.key < other.key ? -1 : 1));
}
