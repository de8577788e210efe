import type { Viewer } from '@tintype/viewer';

/** The context of one request in the graph. */
export type RequestContext = {
  viewer: Viewer | null;
  /** The network of the client: visitors of one network share the limits of one client. */
  network?: string | undefined;
  /** The client's `User-Agent` header. */
  userAgent?: string | undefined;
  /** The client's `Accept-Language` header. */
  acceptLanguage?: string | undefined;
  /** Made by the gateway, never taken from a client: subgraphs share loaders by it. */
  requestId: string;
  /** For a mutation that the client may repeat. */
  idempotencyKey?: string | undefined;
  /** Aborted when the client has disconnected or the time is up. */
  signal: AbortSignal;
  /** The deadline, in milliseconds of `performance.now()`. */
  deadline: number;
  /** The hash under which to store the operation's text if it came as a persisted query. */
  hash?: string | undefined;
};
