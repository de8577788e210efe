import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/** An account that everybody may use, for demos. */
export type DemoAccount = { identifier: string; password: string };

const BUNDLE = fileURLToPath(new URL('../../dist/explorer/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/**
 * Monaco, the editor of GraphiQL, has inline styles and starts workers from blobs. Nothing is loaded from other
 * origins.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GraphiQL at `/graphiql`, served from the files that `npm run build -w gateway` makes. `/` redirects to it. */
export async function explorerRoutes(
  app: FastifyInstance,
  { enabled, demo }: { enabled: boolean; demo: DemoAccount | null },
): Promise<void> {
  if (!enabled) {
    app.get('/', async () => ({ graph: '/graphql' }));
    return;
  }
  const files = listBundle();
  app.get('/', async (_request, reply) => reply.redirect('/graphiql'));
  app.get('/graphiql/settings.json', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ demo }),
  );
  app.get('/graphiql', async (_request, reply) => {
    if (!files.has('index.html'))
      throw new GatewayError('NOT_FOUND', 'GraphiQL is not built. Run `npm run build -w gateway` and start again.');
    return reply
      .type(TYPES['.html']!)
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-cache' })
      .send(await readFile(join(BUNDLE, 'index.html')));
  });
  app.get<{ Params: { '*': string } }>('/graphiql/*', async (request, reply) => {
    const path = request.params['*'];
    if (path === '') return reply.redirect('/graphiql');
    if (!files.has(path)) throw new GatewayError('NOT_FOUND', 'GraphiQL has no such file.');
    return reply
      .type(TYPES[extname(path)] ?? 'application/octet-stream')
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'public, max-age=31536000, immutable' })
      .send(await readFile(join(BUNDLE, path)));
  });
}

/** The only paths below `/graphiql/` that are served. */
function listBundle(): ReadonlySet<string> {
  try {
    const names = readdirSync(BUNDLE, { recursive: true, encoding: 'utf8' });
    return new Set(names.filter((name) => TYPES[extname(name)]));
  } catch {
    return new Set();
  }
}
