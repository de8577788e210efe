/**
 * Set while a session that was ended has access tokens that are still in their time; the gateway refuses them. Written by
 * the user subgraph, expires with the last token.
 */
export function revokedSessionKey(sessionId: string): string {
  return `user:session:revoked:v1:{${sessionId}}`;
}

/**
 * Set where the user subgraph saw the session live in Postgres, for as long as an access token that it has then. Where neither key is
 * set, Redis lost them or never had them, and the gateway asks. Both have one hash tag, to be read in one command.
 */
export function liveSessionKey(sessionId: string): string {
  return `user:session:live:v1:{${sessionId}}`;
}
