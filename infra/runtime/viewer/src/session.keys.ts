/**
 * Set while a session that has ended has access tokens that have not expired. The gateway refuses them. Written by the
 * user subgraph, and expires with the last token.
 */
export function revokedSessionKey(sessionId: string): string {
  return `user:session:revoked:v1:{${sessionId}}`;
}

/**
 * Set when the account of a session is suspended, and just before a session ends. While it is set, the gateway asks the
 * user subgraph, also if `liveSessionKey` is set. It outlasts every mark that was set when the session was still known
 * to be live.
 */
export function suspendedSessionKey(sessionId: string): string {
  return `user:session:suspended:v1:{${sessionId}}`;
}

/**
 * Set when the user subgraph has seen the session live in Postgres, for the lifetime of an access token. If no key is
 * set, Redis has lost them or never had them, and the gateway asks. All keys have one hash tag, so that one command
 * reads them.
 */
export function liveSessionKey(sessionId: string): string {
  return `user:session:live:v1:{${sessionId}}`;
}
