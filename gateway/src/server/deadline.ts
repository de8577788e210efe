import type { FastifyReply } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/**
 * Runs `work` for at most `ms`.
 *
 * @param work its signal is aborted when the time is up, and when the client is gone unless `isMutation`: a mutation under
 *   way is better finished than left half known
 * @throws GatewayError TIMEOUT
 */
export async function withDeadline<T>(
  reply: FastifyReply,
  options: { ms: number; isMutation: boolean },
  work: (signal: AbortSignal, deadline: number) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const gone = () => {
    if (!reply.raw.writableFinished && !options.isMutation) controller.abort();
  };
  reply.raw.once('close', gone);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(
        new GatewayError('TIMEOUT', `The answer took longer than ${options.ms / 1000} s.`, { 'retry-after': '1' }),
      );
    }, options.ms);
  });
  try {
    return await Promise.race([work(controller.signal, performance.now() + options.ms), late]);
  } finally {
    clearTimeout(timer);
    reply.raw.removeListener('close', gone);
  }
}
