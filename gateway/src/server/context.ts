import type { Viewer } from '@tintype/viewer';

/** What one request carries through the graph. */
export type RequestContext = {
  viewer: Viewer | null;
  /** Where the request came from: visitors of one network share what one client may take. */
  network?: string | undefined;
  /** Made by the gateway, never taken from a client: subgraphs share loaders by it. */
  requestId: string;
  /** Of a mutation that the client may repeat. */
  idempotencyKey?: string | undefined;
  /** Aborted when the client is gone or the time is up. */
  signal: AbortSignal;
  /** When the time is up, in milliseconds of `performance.now()`. */
  deadline: number;
  /** Hash to keep the operation's text under, where it came as a persisted query. */
  hash?: string | undefined;
};
