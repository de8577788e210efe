/** What live delivery may take of one process. The reasons are in docs/limits.md. */
export const LIVE_LIMITS = {
  connections: 10_000,
  /** A person's phones, tablets and tabs. */
  connectionsPerViewer: 8,
  /** Of a request to listen: its document and variables stay for as long as its connection. */
  bodyBytes: 16 * 1024,
  /** Looks for changes that run at once, and with them the queries of their events. */
  checksAtOnce: 32,
  /** Of one connection: a post that many like at once is told of this often. */
  checksPerSecond: 5,
  /** Changes that one look brings. */
  page: 20,
  /** Failures to fill one event in before it is sent with its errors, so that it does not hold up those after it. */
  attempts: 3,
} as const;

/** How live delivery keeps time, in milliseconds. */
export type LiveTiming = {
  /** Of the one timer that everything else hangs on. */
  tickMs: number;
  /** Between comments that keep proxies from closing what is idle, and that look whether the session has ended. */
  heartbeatMs: number;
  /** Between looks for changes that no signal told of; half as long to one and a half times as long. */
  checkEveryMs: number;
  /** Until a reader that takes nothing is sent away. */
  stuckMs: number;
  /** After a look that failed; doubled with each further one up to `checkEveryMs`. */
  retryMs: number;
  /** Over which looks are spread when signals may have been missed, and clients that come back. */
  spreadMs: number;
};

export const LIVE_TIMING: LiveTiming = {
  tickMs: 1_000,
  heartbeatMs: 15_000,
  checkEveryMs: 30_000,
  stuckMs: 30_000,
  retryMs: 1_000,
  spreadMs: 3_000,
};
