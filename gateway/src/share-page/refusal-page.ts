import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayError } from '#errors/errors.ts';
import { countRefusal, REFUSAL_HEADERS } from '#server/error-response.ts';
import { prefersPage } from '#server/media-type.rules.ts';
import { noticePage, sharePagePolicy } from './share-page.ts';

/** The path of pages of posts, before the ID. */
export const SHARE_PAGE_PATH = '/p/';

/** Whether a person opens the page of a post, rather than a program that wants JSON. */
export function opensSharePage({ url, headers }: FastifyRequest): boolean {
  return url.startsWith(SHARE_PAGE_PATH) && prefersPage(headers.accept);
}

/** Sends an error as a page that a person can read. */
export function sendRefusalPage(reply: FastifyReply, error: GatewayError): FastifyReply {
  countRefusal(error);
  return reply
    .code(error.status)
    .headers({ ...REFUSAL_HEADERS, 'content-security-policy': sharePagePolicy(null), ...error.headers })
    .type('text/html; charset=utf-8')
    .send(noticePage(error.message));
}
