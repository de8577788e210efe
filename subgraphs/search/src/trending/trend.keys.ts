import type { TrendKind, TrendWindow } from './trend.rules.ts';

/** Who was counted for a key in one bucket of time. */
export const seenKey = (kind: TrendKind, window: TrendWindow, key: string, bucket: number) =>
  `search:trend-seen:v1:${kind}:${window}:${bucket}:${key}`;

/** Who posted with a hashtag in one bucket of time. */
export const authorsKey = (window: TrendWindow, key: string, bucket: number) =>
  `search:trend-authors:v1:${window}:${bucket}:${key}`;

export const shortKey = (kind: TrendKind, window: TrendWindow, key: string) =>
  `search:trend-short:v1:${kind}:${window}:${key}`;

/** Of a hashtag, or of the author of posts. */
export const baseKey = (kind: TrendKind, window: TrendWindow, key: string) =>
  `search:trend-base:v1:${kind}:${window}:${key}`;

/** What something happened to lately, by when. */
export const activeKey = (kind: TrendKind, window: TrendWindow) => `search:trend-active:v1:${kind}:${window}`;

/** A list as it was computed once, and which one is the newest. */
export const listKey = (kind: TrendKind, window: TrendWindow, id: string) =>
  `search:trend-list:v1:${kind}:${window}:${id}`;
export const newestKey = (kind: TrendKind, window: TrendWindow) => `search:trend-newest:v1:${kind}:${window}`;

/** There where the counts are whole; where Redis was emptied it is not. */
export const WHOLE_KEY = 'search:trend-whole:v1';
/** Held by the process whose turn it is to compute lists. */
export const TURN_KEY = 'search:trend-turn:v1';

/** Pages of one list are asked for within this time. */
export const LIST_S = 10 * 60;
/** Lists end where nobody computes them any more. */
export const NEWEST_S = 60 * 60;
