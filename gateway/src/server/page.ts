import { negotiateLanguage, type Texts, textsIn } from '@tintype/language';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The texts of pages, in the language that the browser asks for. */
export function textsFor({ headers }: FastifyRequest): Texts {
  return textsIn(negotiateLanguage(headers['accept-language']));
}

/** The headers of a page in this language. Caches must not give it to people who ask for another one. */
export function languageHeaders(reply: FastifyReply, { language }: Texts): Record<string, string> {
  const vary = reply.getHeader('vary');
  return {
    'content-language': language,
    vary: vary === undefined ? 'Accept-Language' : `${vary}, Accept-Language`,
  };
}
