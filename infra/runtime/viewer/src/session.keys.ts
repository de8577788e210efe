/**
 * Set while a session that was ended has access tokens that are still in their time; the gateway refuses them. Written by
 * the user subgraph, expires with the last token.
 */
export function revokedSessionKey(sessionId: string): string {
  return `user:session:revoked:v1:{${sessionId}}`;
}
