import { createECDH, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt } from 'http_ece';

/** The content of a message that a browser shows. */
export type Shown = { title: string; body: string; lang: string; tag: string; url: string };
export type Received = { path: string; headers: IncomingHttpHeaders; shown: Shown };

/** A browser's side of a subscription: its keys, and what it would show to an app. */
export type Browser = { subscription: { endpoint: string; p256dh: string; auth: string }; path: string };

export type PushService = {
  received: Received[];
  /** Creates a browser that subscribed with the platform's key. */
  browser(publicKey: string): Browser;
  /** The status of its answers from now on. Initially 201. */
  answer(status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
};

/** A push service that checks messages like real ones: the signature, and that its browser can decrypt the message. */
export async function startPushService(): Promise<PushService> {
  const received: Received[] = [];
  const browsers = new Map<string, { keys: ECDH; auth: string; publicKey: string }>();
  let reply: { status: number; headers: Record<string, string> } = { status: 201, headers: {} };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url!;
    const browser = browsers.get(path)!;
    if (!isSigned(request.headers.authorization ?? '', browser.publicKey, origin)) {
      response.writeHead(403).end();
      return;
    }
    const { keys, auth } = browser;
    const text = decrypt(Buffer.concat(chunks), { version: 'aes128gcm', privateKey: keys, authSecret: auth });
    received.push({ path, headers: request.headers, shown: JSON.parse(text.toString()) as Shown });
    response.writeHead(reply.status, reply.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    received,
    browser(publicKey) {
      const keys = createECDH('prime256v1');
      const p256dh = keys.generateKeys('base64url');
      const auth = randomBytes(16).toString('base64url');
      const path = `/${randomBytes(12).toString('base64url')}`;
      browsers.set(path, { keys, auth, publicKey });
      return { subscription: { endpoint: origin + path, p256dh, auth }, path };
    },
    answer(status, headers = {}) {
      reply = { status, headers };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** VAPID (RFC 8292): `vapid t=<JWT signed with ES256>, k=<key>`, for this origin and not for longer than a day. */
function isSigned(authorization: string, publicKey: string, origin: string): boolean {
  const [, token = '', key] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  if (key !== publicKey) return false;
  const [head, body, signature] = token.split('.') as [string, string, string];
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const verifier = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
  const isRight = verify('sha256', Buffer.from(`${head}.${body}`), verifier, Buffer.from(signature, 'base64url'));
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { aud: string; exp: number; sub: string };
  const seconds = claims.exp - Date.now() / 1000;
  return isRight && claims.aud === origin && claims.sub.startsWith('mailto:') && seconds > 0 && seconds <= 86_400;
}
