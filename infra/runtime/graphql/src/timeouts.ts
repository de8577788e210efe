/** The timeouts of calls between parts of the platform, all in one place. `docs/limits.md` explains them. */

export type CallTimeouts = { queryMs: number; mutationMs: number };

/** How long a call to a subgraph may take if its caller has more time. */
export const CALL_TIMEOUTS: CallTimeouts = { queryMs: 3000, mutationMs: 10_000 };

/**
 * The share of its remaining time that a subgraph gives to a call of another one. It keeps the rest, so that it can
 * still respond if the other one does not.
 */
export const SHARE_OF_CALLER = 0.85;

/** How long calls wait for a subgraph of which no address is up. A process that restarts is back within this time. */
export const RESTART_MS = 2500;

/** How long the gateway waits for the user subgraph to say which sessions are live. Each request waits for it. */
export const SESSION_CHECK_MS = 2000;

/** How long a process may take to work out its state for `/readyz`, and how long it waits for each subgraph. */
export const READY_TIMEOUTS = { processMs: 1000, subgraphMs: 800 };

/** When an address of a subgraph is probed, and when it counts as silent. */
export const PROBE_TIMEOUTS = {
  /** If an address has answered no call for this long while calls wait, it is probed. */
  suspectMs: 200,
  /**
   * A process that works answers a probe within this time. Only time in which this process can read the answer counts.
   */
  answerMs: 400,
};
