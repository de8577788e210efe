import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { isWellFormed } from './well-formed.rules.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Takes bodies in JSON alone, as UTF-8 that is valid. */
export function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = UTF_8.decode(body as Buffer);
      // Refusals of the parser itself go to `done`.
      parseJson(request, text, (error: Error | null, value?: unknown) => {
        if (error === null && !isWellFormed(text, value)) done(notUtf8(), undefined);
        else done(error, value);
      });
    } catch (error) {
      done(error instanceof TypeError ? notUtf8() : (error as Error), undefined);
    }
  });
}

function notUtf8(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not valid UTF-8.');
}
