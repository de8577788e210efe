import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who is asking, as the gateway found out from the access token. */
export type Viewer = { userId: bigint; sessionId: string };

/** What a subgraph is told with each fetch. */
export type ViewerPass = {
  viewer: Viewer | null;
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

export const VIEWER_PASS_HEADER = 'x-tintype-viewer';

/** A fetch lasts less; a pass that leaks is worth little. */
const VALID_MS = 30_000;
/** Clocks of two machines may differ by this much. */
const SKEW_MS = 60_000;

/** The pass is missing, forged, for another subgraph or past its time. */
export class ViewerPassError extends Error {
  override name = 'ViewerPassError';
}

/** `ttl`: milliseconds that are left until the deadline; `net`: the network; `idk`: the idempotency key. */
type Claims = {
  aud: string;
  exp: number;
  rid: string;
  op: 'q' | 'm';
  net?: string;
  idk?: string;
  ttl?: number;
  sub?: string;
  sid?: string;
};

/** The pass as a header: base64url JSON and its HMAC-SHA256, valid for 30 s at one subgraph. */
export function signViewerPass(pass: ViewerPass, audience: string, secret: string, now = Date.now()): string {
  const claims: Claims = {
    aud: audience,
    exp: now + VALID_MS,
    rid: pass.requestId,
    op: pass.operation === 'mutation' ? 'm' : 'q',
    ...(pass.network !== undefined && { net: pass.network }),
    ...(pass.idempotencyKey !== undefined && { idk: pass.idempotencyKey }),
    ...(pass.deadline !== undefined && { ttl: Math.max(0, Math.round(pass.deadline - performance.now())) }),
    ...(pass.viewer && { sub: String(pass.viewer.userId), sid: pass.viewer.sessionId }),
  };
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${mac(body, secret).toString('base64url')}`;
}

/**
 * @param onSkew told how many milliseconds this clock is ahead of the caller's, the way included
 * @throws ViewerPassError
 */
export function verifyViewerPass(
  header: string | undefined,
  audience: string,
  secret: string,
  now = Date.now(),
  onSkew: (ms: number) => void = () => undefined,
): ViewerPass {
  const [body, signature, rest] = header?.split('.') ?? [];
  if (!body || !signature || rest !== undefined) throw new ViewerPassError('the viewer pass is missing');
  const given = Buffer.from(signature, 'base64url');
  const right = mac(body, secret);
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new ViewerPassError('the viewer pass is forged');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  if (claims.aud !== audience) throw new ViewerPassError('the viewer pass is for another subgraph');
  onSkew(now - (claims.exp - VALID_MS));
  if (claims.exp + SKEW_MS < now || claims.exp > now + VALID_MS + SKEW_MS) {
    throw new ViewerPassError('the viewer pass is past its time');
  }
  return {
    viewer: claims.sub && claims.sid ? { userId: BigInt(claims.sub), sessionId: claims.sid } : null,
    requestId: claims.rid,
    operation: claims.op === 'm' ? 'mutation' : 'query',
    ...(claims.net !== undefined && { network: claims.net }),
    ...(claims.idk !== undefined && { idempotencyKey: claims.idk }),
    ...(claims.ttl !== undefined && { deadline: performance.now() + claims.ttl }),
  };
}

function mac(body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}
