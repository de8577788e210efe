import { LANGUAGES, type Texts, textsIn } from '@tintype/language';
import type { FastifyInstance } from 'fastify';
import { languageHeaders, textsFor } from '#server/page.ts';
import { ACCOUNT_PAGE_POLICY, ACCOUNT_PAGES, accountPage } from './account-page.ts';
import { DATA_EXPORT_POLICY, dataExportPage } from './data-export-page.ts';
import { PASSKEY_PAGE, PASSKEY_PAGE_POLICY } from './passkey-page.ts';

/**
 * The pages to which links in mails lead, for platforms whose app has none of its own: `/verify-email`,
 * `/reset-password` and `/data-export`. They use the public graph like any other client.
 */
export async function accountPageRoutes(app: FastifyInstance): Promise<void> {
  const serve = (path: string, pageIn: (texts: Texts) => string, policy: string) => {
    const pages = new Map(LANGUAGES.map((language) => [language, pageIn(textsIn(language))]));
    app.get(path, async (request, reply) => {
      const texts = textsFor(request);
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          ...languageHeaders(reply, texts),
          'content-security-policy': policy,
          'cache-control': 'no-store',
        })
        .send(pages.get(texts.language));
    });
  };
  for (const page of ACCOUNT_PAGES) serve(page.path, (texts) => accountPage(page, texts), ACCOUNT_PAGE_POLICY);
  serve('/data-export', dataExportPage, DATA_EXPORT_POLICY);
  // In English only, so far.
  app.get('/passkeys', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-language': 'en',
        'content-security-policy': PASSKEY_PAGE_POLICY,
        'cache-control': 'no-store',
      })
      .send(PASSKEY_PAGE),
  );
}
