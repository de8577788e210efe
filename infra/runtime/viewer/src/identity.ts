/** Somebody who is logged in, as the gateway found out from the access token. */
export type Viewer = { userId: bigint; sessionId: string };

/** On whose behalf a subgraph is asked: a person, a visitor who is not logged in, or the platform itself, such as a worker. */
export type Subject =
  | { kind: 'person'; viewer: Viewer }
  | { kind: 'visitor'; viewer: null }
  | { kind: 'platform'; viewer: null };

/** On whose behalf a subgraph is asked, and as part of what. */
export type Identity = Subject & {
  /** The gateway request that this fetch is part of: its fetches share loaders. */
  requestId: string;
  operation: 'query' | 'mutation';
  /** Of the client, where nobody is logged in or the operation is a mutation: for shares of visitors, and for the owner of log-ins. */
  network?: string | undefined;
  /** What the client sent so that a repeated mutation writes once. */
  idempotencyKey?: string | undefined;
  /**
   * When nobody waits for the answer any more, in milliseconds of `performance.now()`; absent where somebody always does, as workers do.
   * On the way it is sent as the time that is left, so that clocks of two machines may differ.
   */
  deadline?: number | undefined;
};

/** The service that asks, such as `gateway` or `feed`. It asks for itself (`isInternal`), or forwards what a client asked. */
export type Caller = { service: string; isInternal: boolean };

/** An identity as a subgraph learns it: with the service that asks. */
export type CallerIdentity = Identity & { caller: Caller };

/** Who a client is. */
export function subjectOf(viewer: Viewer | null): Subject {
  return viewer ? { kind: 'person', viewer } : { kind: 'visitor', viewer: null };
}
