import type { ApolloServer } from '@apollo/server';
import type { Texts } from '@tintype/language';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { networkOf } from '#limits/address.rules.ts';
import { addressBucket } from '#limits/bucket.keys.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import { withDeadline } from '#server/deadline.ts';
import { languageHeaders, textsFor } from '#server/page.ts';
import { confirmationPage, donePage, refusedPage, UNSUBSCRIBE_PAGE_POLICY } from './unsubscribe-page.ts';

const PATH = '/unsubscribe';
/** What RFC 8058 has mail programs send. The form of the page sends the same. */
const ONE_CLICK = 'List-Unsubscribe=One-Click';

const MUTATION = 'mutation Unsubscribe($input: UnsubscribeInput!) { unsubscribe(input: $input) { stopped } }';
type Data = { unsubscribe: { stopped: string | null } | null };

/**
 * `/unsubscribe?token=…`: a POST stops mails without a log-in and without any further question (RFC 8058). A GET
 * changes nothing, because programs that check mails for harm open every link: it shows a page with a button that sends
 * the POST.
 */
export async function unsubscribeRoutes(
  app: FastifyInstance,
  deps: { apollo: ApolloServer<RequestContext>; limiter: RateLimiter; rate: Rate; timeoutMs: number },
): Promise<void> {
  const { apollo, limiter, rate, timeoutMs } = deps;
  const headers = { 'content-security-policy': UNSUBSCRIBE_PAGE_POLICY, 'cache-control': 'no-store' };

  /** Mail programs may also send a form with parts. What counts is that it is a POST to this address. */
  app.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'multipart/form-data'],
    { parseAs: 'string', bodyLimit: 4096 },
    async (_request: unknown, body: string) => body,
  );

  const unsubscribe = async (token: string, asked: Omit<RequestContext, 'viewer'>): Promise<boolean> => {
    const contextValue: RequestContext = { ...asked, viewer: null };
    const { body } = await apollo.executeOperation<Data>(
      { query: MUTATION, variables: { input: { token } } },
      { contextValue },
    );
    if (body.kind !== 'single') throw new Error('unsubscribing is answered at once');
    const { data } = body.singleResult;
    if (!data?.unsubscribe) throw new GatewayError('UNAVAILABLE', 'This does not work at the moment. Try again later.');
    return data.unsubscribe.stopped !== null;
  };

  const show = (request: FastifyRequest, reply: FastifyReply, pageIn: (texts: Texts) => string) => {
    const texts = textsFor(request);
    return reply
      .type('text/html; charset=utf-8')
      .headers({ ...headers, ...languageHeaders(reply, texts) })
      .send(pageIn(texts));
  };

  app.get(PATH, async (request, reply) => show(request, reply, confirmationPage));

  app.post<{ Body: unknown }>(PATH, async (request, reply) => {
    await limiter.take([{ bucket: addressBucket(networkOf(request.ip)), rate, tokens: 1 }]);
    const token = new URL(request.url, 'http://gateway').searchParams.get('token');
    const isOneClick = typeof request.body === 'string' && isOneClickBody(request.body);
    if (!isOneClick) throw new GatewayError('BAD_REQUEST', `The body of the form must be ${ONE_CLICK}.`);
    const limits = { ms: timeoutMs, isMutation: true };
    const isStopped = await withDeadline(reply, limits, (signal, deadline) =>
      unsubscribe(token ?? '', { requestId: request.id, signal, deadline }),
    );
    reply.code(isStopped ? 200 : 404);
    return show(request, reply, isStopped ? donePage : refusedPage);
  });
}

/** As a form or as its parts. */
function isOneClickBody(body: string): boolean {
  return body.trim() === ONE_CLICK || /name="?List-Unsubscribe"?\r?\n\r?\nOne-Click\r?\n/.test(body);
}
