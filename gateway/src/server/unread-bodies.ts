import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UNREAD } from '#limits/limits.ts';

/**
 * If a request is answered early, reads and drops the rest of its body, within bounds, before the response is sent.
 * Closing a connection with unread data resets it, and a client that is still sending would never see the response.
 */
export async function readBeforeAnswering({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (raw.complete) return;
  if (await isReadToItsEnd(raw)) reply.removeHeader('connection');
  else reply.header('connection', 'close');
}

function isReadToItsEnd(raw: IncomingMessage): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > UNREAD.bytes) resolve(false);
  };
  const timer = setTimeout(() => resolve(false), UNREAD.ms);
  const stopWatching = finished(raw, { writable: false }, () => resolve(raw.complete));
  raw.on('data', count);
  raw.resume();
  return promise.finally(() => {
    clearTimeout(timer);
    stopWatching();
    raw.off('data', count);
    raw.pause();
  });
}
