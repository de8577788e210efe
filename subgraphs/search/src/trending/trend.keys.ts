import type { TrendKind, TrendWindow } from './trend.rules.ts';

/** The people who were counted for a hashtag or post in one time bucket. */
export const seenKey = (kind: TrendKind, window: TrendWindow, key: string, bucket: number) =>
  `search:trend-seen:v1:${kind}:${window}:${bucket}:${key}`;

/** The people who posted with a hashtag in one time bucket. */
export const authorsKey = (window: TrendWindow, key: string, bucket: number) =>
  `search:trend-authors:v1:${window}:${bucket}:${key}`;

export const shortKey = (kind: TrendKind, window: TrendWindow, key: string) =>
  `search:trend-short:v1:${kind}:${window}:${key}`;

/** The baseline of a hashtag, or of the author of posts. */
export const baseKey = (kind: TrendKind, window: TrendWindow, key: string) =>
  `search:trend-base:v1:${kind}:${window}:${key}`;

/** Hashtags and posts with recent interactions, by time. */
export const activeKey = (kind: TrendKind, window: TrendWindow) => `search:trend-active:v1:${kind}:${window}`;

/** A computed list, and the id of the newest one. */
export const listKey = (kind: TrendKind, window: TrendWindow, id: string) =>
  `search:trend-list:v1:${kind}:${window}:${id}`;
export const newestKey = (kind: TrendKind, window: TrendWindow) => `search:trend-newest:v1:${kind}:${window}`;

/** Exists while the counters are complete. It is missing after Redis was emptied. */
export const WHOLE_KEY = 'search:trend-whole:v1';
/** Held by the process that computes lists. */
export const TURN_KEY = 'search:trend-turn:v1';

/** How long the pages of one list can be requested. */
export const LIST_S = 10 * 60;
/** Lists expire if no process computes them any more. */
export const NEWEST_S = 60 * 60;
