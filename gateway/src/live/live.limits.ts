/** The limits of live delivery in one process. `docs/limits.md` gives the reasons. */
export const LIVE_LIMITS = {
  connections: 10_000,
  /** A person's phones, tablets and tabs. */
  connectionsPerViewer: 8,
  /** The size of a subscription request: its document and variables are kept as long as its connection. */
  bodyBytes: 16 * 1024,
  /** How many checks for changes run at once, together with the queries of their events. */
  checksAtOnce: 32,
  /** The minimum pause between events of one connection, for example while many people like a post. */
  checksPerSecond: 5,
  /** How many changes one check reads. */
  page: 20,
  /** After this many failures of its query, an event is sent with its errors, so that it does not block later ones. */
  attempts: 3,
} as const;

/** The intervals of live delivery, in milliseconds. */
export type LiveTiming = {
  /** The interval of the only timer. */
  tickMs: number;
  /**
   * The interval of comments that keep proxies from closing idle connections, and of checks whether the session has
   * ended.
   */
  heartbeatMs: number;
  /** The interval of checks without a signal, with a jitter of half of it in both directions. */
  checkEveryMs: number;
  /** How long a client may read nothing before it is disconnected. */
  stuckMs: number;
  /** The pause after a failed check, doubled with each further failure up to `checkEveryMs`. */
  retryMs: number;
  /** The time over which checks after missed signals, and reconnecting clients, are spread. */
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
