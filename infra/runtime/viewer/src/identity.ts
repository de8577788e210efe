/** A person who is logged in, according to their access token. */
export type Viewer = {
  userId: bigint;
  /** Of the session, or of the grant if an app of a third party acts for the person. */
  sessionId: string;
  /** What the person lets the app do. Absent in a session of their own, which may do everything. */
  scopes?: readonly string[] | undefined;
};

/** On whose behalf a subgraph is called: a person, a visitor, or the platform itself, for example in a worker. */
export type Subject =
  | { kind: 'person'; viewer: Viewer }
  | { kind: 'visitor'; viewer: null }
  | { kind: 'platform'; viewer: null };

/** On whose behalf a subgraph is called, and for which request. */
export type Identity = Subject & {
  /** The gateway request that this fetch is part of. Its fetches share loaders. */
  requestId: string;
  operation: 'query' | 'mutation';
  /**
   * The network of the client, for visitors and for mutations: visitors share limits by it, and the user subgraph needs
   * it for logins.
   */
  network?: string | undefined;
  /** What the client calls itself, for mutations of the user subgraph, which shows it in the list of sessions. */
  device?: string | undefined;
  /** The language that the client prefers among ours, for mutations of the user subgraph. */
  language?: string | undefined;
  /** Sent by the client, so that a repeated mutation writes once. */
  idempotencyKey?: string | undefined;
  /**
   * The deadline, in milliseconds of `performance.now()`. Absent if the caller waits without one, as workers do. It is
   * sent as the remaining time, because the clocks of two machines may differ.
   */
  deadline?: number | undefined;
};

/**
 * The calling service, such as `gateway` or `feed`. It calls for itself (`isInternal`), or forwards a client's request.
 */
export type Caller = { service: string; isInternal: boolean };

/** The identity that a subgraph receives, with the calling service. */
export type CallerIdentity = Identity & { caller: Caller };

/** Who a client is. */
export function subjectOf(viewer: Viewer | null): Subject {
  return viewer ? { kind: 'person', viewer } : { kind: 'visitor', viewer: null };
}
