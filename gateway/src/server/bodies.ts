import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { faultOf } from './json-value.rules.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Accepts only bodies in JSON that are valid UTF-8. Each refusal gives the reason. */
export function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('preParsing', async (request) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without compression.', {
        'accept-encoding': 'identity',
      });
  });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
    if (body.length === 0) throw bad('The body is empty.');
    const text = decode(body);
    const value = parse(text);
    const fault = faultOf(value);
    if (fault) throw bad(`The body has ${fault}.`);
    return value;
  });
}

function decode(body: Buffer): string {
  try {
    return UTF_8.decode(body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw bad('The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad('The body is not JSON.');
  }
}

function bad(message: string): GatewayError {
  return new GatewayError('BAD_REQUEST', message);
}
