import { withTimeout } from '@tintype/bounds';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/**
 * Runs `work` for at most `ms`.
 *
 * @param work its signal is aborted when the time is up, and when the client has disconnected unless `isMutation`: a
 * mutation that has started is finished, so that its client need not guess how far it got
 * @throws GatewayError TIMEOUT
 */
export async function withDeadline<T>(
  reply: FastifyReply,
  options: { ms: number; isMutation: boolean },
  work: (signal: AbortSignal, deadline: number) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const onClose = () => {
    if (!reply.raw.writableFinished && !options.isMutation) gone.abort();
  };
  reply.raw.once('close', onClose);
  const deadline = performance.now() + options.ms;
  try {
    return await withTimeout((signal) => work(AbortSignal.any([signal, gone.signal]), deadline), {
      ms: options.ms,
      timeoutError: () =>
        new GatewayError('TIMEOUT', `The answer took longer than ${options.ms / 1000} s.`, { 'retry-after': '1' }),
    });
  } finally {
    reply.raw.removeListener('close', onClose);
  }
}
