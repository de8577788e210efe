import type { FastifyInstance } from 'fastify';

export async function explorerRoutes(
  _app: FastifyInstance,
  _deps: { enabled: boolean; demo: boolean },
): Promise<void> {}
