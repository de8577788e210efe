import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayError, GatewayErrorCode } from '#errors/errors.ts';
import { countRefusal, REFUSAL_HEADERS } from '#server/error-response.ts';
import { prefersPage } from '#server/media-type.rules.ts';
import { languageHeaders, textsFor } from '#server/page.ts';
import { noticePage, sharePagePolicy } from './share-page.ts';

/** The path of pages of posts, before the ID. */
export const SHARE_PAGE_PATH = '/p/';

/** Paths for programs, which never get a page, whatever they accept. */
const FOR_PROGRAMS = /^\/(graphql|events|\.well-known)([/?]|$)/;

/** Whether a person opens a page, rather than a program that wants JSON. */
export function opensPage({ url, headers }: FastifyRequest): boolean {
  return !FOR_PROGRAMS.test(url) && prefersPage(headers.accept);
}

/** The codes that people can get even if no program is wrong. The messages are `refusalPage.*`. */
const EXPLAINED: Readonly<Partial<Record<GatewayErrorCode, 'NOT_FOUND' | 'RATE_LIMITED' | 'UNAVAILABLE'>>> = {
  NOT_FOUND: 'NOT_FOUND',
  RATE_LIMITED: 'RATE_LIMITED',
  TOO_MANY_CONNECTIONS: 'RATE_LIMITED',
  INTERNAL_SERVER_ERROR: 'UNAVAILABLE',
  OVERLOADED: 'UNAVAILABLE',
  UNAVAILABLE: 'UNAVAILABLE',
  TIMEOUT: 'UNAVAILABLE',
};

/** Sends an error as a page that a person can read. */
export function sendRefusalPage(request: FastifyRequest, reply: FastifyReply, error: GatewayError): FastifyReply {
  countRefusal(error);
  const texts = textsFor(request);
  const headers = { ...REFUSAL_HEADERS, 'content-security-policy': sharePagePolicy(null), ...error.headers };
  return reply
    .code(error.status)
    .headers({ ...headers, ...languageHeaders(reply, texts) })
    .type('text/html; charset=utf-8')
    .send(noticePage(texts, texts.text(`refusalPage.${EXPLAINED[error.code] ?? 'OTHER'}`)));
}
