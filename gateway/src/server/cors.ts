import type { FastifyInstance, FastifyReply } from 'fastify';

/** Request headers that clients of the graph and of events send. */
const REQUEST_HEADERS = [
  'Accept',
  'Apollo-Require-Preflight',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'Last-Event-ID',
  'X-Apollo-Operation-Name',
].join(', ');
/** Response headers that pages may read, in addition to those that any page may read. */
const ANSWER_HEADERS = 'Retry-After, WWW-Authenticate, X-Request-Id';
/** Browsers ask again after two hours at most. */
const PREFLIGHT_SECONDS = '7200';

const CORS_HEADERS = ['access-control-allow-origin', 'access-control-expose-headers', 'vary'] as const;

/**
 * Lets pages of these origins, and no others, use the gateway from a browser. The graph uses no cookies, so credentials
 * are never allowed: a page sends the access token itself.
 */
export function addCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    // Caches must not give the response for one origin to another one.
    reply.header('vary', 'Origin');
    if (origin === undefined || !allowed.has(origin)) return;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': ANSWER_HEADERS });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      .send();
  });
}

/** The headers that `addCors` has set so far, for a response that is written without the reply object. */
export function corsHeadersOf(reply: FastifyReply): Record<string, string> {
  const set = CORS_HEADERS.map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(
    set.filter((entry): entry is [(typeof CORS_HEADERS)[number], string] => typeof entry[1] === 'string'),
  );
}
