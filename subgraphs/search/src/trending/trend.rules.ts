export type TrendKind = 'hashtag' | 'post';
export type TrendWindow = 'HOUR' | 'DAY';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The parameters of each window, in milliseconds. People are counted once per bucket. `short` and `base` are the
 * half-lives of the current and the usual rate, far enough apart that a burst hardly moves its own baseline.
 */
export const WINDOWS: Record<TrendWindow, { bucket: number; short: number; base: number }> = {
  HOUR: { bucket: HOUR, short: 20 * MINUTE, base: DAY },
  DAY: { bucket: DAY, short: 6 * HOUR, base: 7 * DAY },
};

export const TREND_WINDOWS = Object.keys(WINDOWS) as TrendWindow[];

/** Posts older than this do not trend. */
export const MAX_POST_AGE_MS = 7 * DAY;

/**
 * A decaying count of people, where each person's weight halves with each half-life. A weight is fixed when a person is
 * counted and only scaled afterwards, so late events count as if they had been on time. G. Cormode, V. Shkapenyuk, D.
 * Srivastava and B. Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009.
 */
export type Counter = { value: number; atMs: number };

export const NOTHING: Counter = { value: 0, atMs: 0 };

/** The value of a counter at a time. If the counter is ahead of that time, its present value. */
export function valueAt({ value, atMs }: Counter, halfLife: number, nowMs: number): number {
  return value * 2 ** -(Math.max(nowMs - atMs, 0) / halfLife);
}

/**
 * This many people are normal even for something unknown. Without this prior, the second person would be a sensation.
 */
const PRIOR = 4;

/**
 * By how many standard deviations the number of people is above the usual one:
 *
 *     (short - expected) / sqrt(expected + prior),  expected = base * shortHalfLife / baseHalfLife
 *
 * At a steady rate r, a counter with half-life h stands at r * h / ln 2. So the baseline gives the expected value of
 * the short counter. Counts of independent people follow a Poisson distribution, whose variance is its mean.
 *
 * @param short present value @param base present value
 */
export function trendScore(short: number, base: number, window: TrendWindow): number {
  const { short: shortHalfLife, base: baseHalfLife } = WINDOWS[window];
  const expected = base * (shortHalfLife / baseHalfLife);
  return (short - expected) / Math.sqrt(expected + PRIOR);
}

/** A candidate for a list: how unusual it is, and how many people that is. */
export type Trend = { key: string; score: number; people: number };

/** Below these values, something is no trend: too few people, or hardly more than usual. */
const MIN_PEOPLE = 2;
const MIN_SCORE = 1;

/** The most unusual ones first. */
export function rankTrends(trends: readonly Trend[]): Trend[] {
  return trends
    .filter(({ score, people }) => people >= MIN_PEOPLE && score >= MIN_SCORE)
    .toSorted((one, other) => other.score - one.score || (one.key < other.key ? -1 : 1));
}
