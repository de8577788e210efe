import type { FastifyInstance } from 'fastify';
import { ACCOUNT_PAGE_POLICY, ACCOUNT_PAGES } from './account-page.ts';

/**
 * The pages to which links in mails lead, for platforms whose app has none of its own: `/verify-email` and
 * `/reset-password`. They use the public graph like any other client.
 */
export async function accountPageRoutes(app: FastifyInstance): Promise<void> {
  for (const [path, page] of ACCOUNT_PAGES) {
    app.get(path, async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .headers({ 'content-security-policy': ACCOUNT_PAGE_POLICY, 'cache-control': 'no-store' })
        .send(page),
    );
  }
}
