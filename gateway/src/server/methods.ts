import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/**
 * Refuses methods that a route does not support before the body is read, so that a wrong body does not hide the reason.
 *
 * @param allowed methods of the other routes of this address, in the format of the header `Allow`
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
