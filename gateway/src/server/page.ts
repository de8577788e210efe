import { negotiateLanguage, type Texts, textsIn } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
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

/**
 * A page that search engines leave out.
 *
 * @param page.content HTML below the title
 * @param page.script runs only if its hash is in the content security policy
 */
export function htmlPage(page: {
  htmlAttributes: string;
  title: string;
  style: string;
  content: string;
  script?: string;
}): string {
  const title = escapeHtml(page.title);
  const script = page.script === undefined ? '' : `<script>${page.script}</script>\n`;
  return `<!doctype html>
<html ${page.htmlAttributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${page.style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${page.content}
</main>
${script}</body>
</html>
`;
}
