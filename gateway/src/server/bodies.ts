import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
/** Text that JSON can carry and UTF-8 cannot: half of a pair, written as an escape. */
const HALF_PAIR = /\\u[dD][89abcdefABCDEF]/;

/** Takes bodies in JSON alone, as UTF-8 that is valid: what is not would be stored as other text than was sent. */
export function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = UTF_8.decode(body as Buffer);
      // Refusals of the parser itself go to `done`.
      parseJson(request, text, (error: Error | null, value?: unknown) => {
        if (error === null && HALF_PAIR.test(text) && !isWellFormed(value)) done(notUtf8(), undefined);
        else done(error, value);
      });
    } catch (error) {
      done(error instanceof TypeError ? notUtf8() : (error as Error), undefined);
    }
  });
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

function notUtf8(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not valid UTF-8.');
}
