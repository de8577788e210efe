import type { FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/** Headers that a page of another origin cannot send without a preflight. */
const PREFLIGHTED = ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'] as const;
/** Values of Sec-Fetch-Site for requests that no other site caused. */
const OWN: ReadonlySet<unknown> = new Set(['same-origin', 'none']);

/**
 * Refuses a GET that a browser sends for a page of another site without a preflight. Such a request has no access
 * rights, because viewers are known only by their Authorization header and the graph uses no cookies. But any page
 * could use up the tokens of a visitor's address. Clients other than browsers do not send the header and are served. A
 * POST must be JSON, which needs a preflight anyway.
 *
 * @param origins of pages that may use the graph
 * @throws GatewayError BAD_REQUEST
 */
export function refuseCrossSite(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  origins: readonly string[],
): void {
  const site = headers['sec-fetch-site'];
  if (method !== 'GET' || site === undefined || OWN.has(site)) return;
  if (headers.origin !== undefined && origins.includes(headers.origin)) return;
  if (PREFLIGHTED.some((name) => headers[name]) || headers['content-type']?.startsWith('application/json')) return;
  throw new GatewayError(
    'BAD_REQUEST',
    'A page of another site may have sent this: send the header apollo-require-preflight with it.',
  );
}
