import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/**
 * Refuses the methods that a route does not take, before their bodies are looked at: a body that is missing or wrong is no reason then.
 *
 * @param allowed methods of the other routes of this address, as the header `Allow` has them
 */
export function refuseOtherMethods(app: FastifyInstance, url: string, message: string, allowed: string): void {
  const refuse = async () => {
    throw new GatewayError('METHOD_NOT_ALLOWED', message, { allow: allowed });
  };
  app.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url,
    onRequest: refuse,
    handler: refuse,
  });
}
