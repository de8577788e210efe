import { createHash } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { globalId, parseId, postLink } from '@tintype/ids';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { networkOf } from '#limits/address.rules.ts';
import { addressBucket } from '#limits/bucket.keys.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import { withDeadline } from '#server/deadline.ts';
import { languageHeaders, textsFor } from '#server/page.ts';
import { SHARE_PAGE_PATH } from './refusal-page.ts';
import { type SharedPost, sharePage, sharePagePolicy } from './share-page.ts';

const QUERY = `query SharedPost($id: ID!) {
  post(id: $id) {
    caption likeCount commentCount
    author { username displayName }
    media { altText ... on Photo { standard { url width height } } }
  }
}`;

/** Caches have to revalidate each time, so that a hidden or deleted post disappears at once. */
const CACHE = 'public, no-cache';

/**
 * `/p/<id>`: a post as a visitor sees it, as a page for browsers and link previews. It is queried through the graph.
 */
export async function sharePageRoutes(
  app: FastifyInstance,
  deps: {
    apollo: ApolloServer<RequestContext>;
    limiter: RateLimiter;
    rate: Rate;
    timeoutMs: number;
    publicUrl: string;
    mediaBaseUrl: string;
  },
): Promise<void> {
  const { apollo, limiter, rate, timeoutMs, publicUrl, mediaBaseUrl } = deps;
  const policy = sharePagePolicy(new URL(mediaBaseUrl).origin);

  const find = async (id: string, asked: Omit<RequestContext, 'viewer'>): Promise<SharedPost | null> => {
    const contextValue: RequestContext = { ...asked, viewer: null };
    const { body } = await apollo.executeOperation<{ post: SharedPost | null }>(
      { query: QUERY, variables: { id } },
      { contextValue },
    );
    if (body.kind !== 'single') throw new Error('An answer came in parts.');
    const { data, errors } = body.singleResult;
    // Counts that are unavailable are left out. An author who is unavailable would look like one who was deleted.
    const isLacking = Boolean(errors?.length);
    if (data?.post && (data.post.author || !isLacking)) return data.post;
    if (isLacking) throw new GatewayError('UNAVAILABLE', 'This post cannot be shown at the moment.');
    return null;
  };

  app.get<{ Params: { id: string } }>(`${SHARE_PAGE_PATH}:id`, async (request, reply) => {
    await limiter.take([{ bucket: addressBucket(networkOf(request.ip)), rate, tokens: 1 }]);
    const id = parseId(request.params.id);
    if (id === null) throw notFound();
    const limits = { ms: timeoutMs, isMutation: false };
    const post = await withDeadline(reply, limits, (signal, deadline) =>
      find(globalId('Post', id), { requestId: request.id, signal, deadline }),
    );
    if (!post) throw notFound();
    const texts = textsFor(request);
    const page = sharePage(texts, post, postLink(publicUrl, id));
    const etag = `"${createHash('sha256').update(page).digest('base64url')}"`;
    const headers = { 'content-security-policy': policy, 'cache-control': CACHE, etag };
    reply.headers({ ...headers, ...languageHeaders(reply, texts) });
    if (isFresh(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('text/html; charset=utf-8').send(page);
  });
}

/** Whether the client has the page: If-None-Match is a list and compares weakly (RFC 9110, section 13.1.2). */
function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  const given = ifNoneMatch?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return given.includes('*') || given.includes(etag);
}

function notFound(): GatewayError {
  return new GatewayError('NOT_FOUND', 'This post does not exist, or not everyone may see it.');
}
