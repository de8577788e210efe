import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '#errors/errors.ts';

/** As a structured string in quotes, as in the draft of the IETF, or without quotes. */
const KEY = /^(?:"([!#-[\]-~]{8,255})"|([!#-[\]-~]{8,255}))$/;

/** @throws GatewayError BAD_IDEMPOTENCY_KEY */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const match = KEY.exec(String(header));
  if (match) return match[1] ?? match[2];
  throw new GatewayError(
    'BAD_IDEMPOTENCY_KEY',
    'An Idempotency-Key has 8 to 255 visible ASCII characters, such as a UUID.',
  );
}
