import { z } from 'zod';
import { isCount, MAX_PORT } from './variables.ts';

/** sockaddr_un has 108 bytes on Linux and 104 elsewhere, the NUL among them. */
const SOCKET_PATH_BYTES = 103;

export const listenAddress = z.string().refine(isListenAddress, {
  message: `must be host:port or unix:/path, with a port up to ${MAX_PORT} or a path of up to ${SOCKET_PATH_BYTES} bytes`,
});

export function isListenAddress(text: string): boolean {
  if (text.startsWith('unix:'))
    return /^unix:\/./.test(text) && Buffer.byteLength(text) <= 'unix:'.length + SOCKET_PATH_BYTES;
  const [, port] = /^[^:\s]+:(\d+)$/.exec(text) ?? [];
  return port !== undefined && isCount(port, 0, MAX_PORT);
}

export function listenOf(text: string): { socketPath: string } | { host: string; port: number } {
  if (text.startsWith('unix:')) return { socketPath: text.slice('unix:'.length) };
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
