import { platformIdentity } from '@tintype/graphql';
import type { Identity } from '@tintype/viewer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { networkOf } from '#limits/address.rules.ts';
import { addressBucket, loginBucket } from '#limits/bucket.keys.ts';
import type { Rate, Take } from '#limits/gcra.rules.ts';
import type { PasswordQueue } from '#limits/password-queue.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import { withDeadline } from '#server/deadline.ts';
import { deviceOf } from '#server/device.rules.ts';
import type { GatewayConfig } from '#server/gateway.config.ts';

type Header = { name: string; value: string };
type AuthorizationRequest = { method: string; path: string; headers: Header[]; body: string };
type AuthorizationResponse = { status: number; headers: readonly Header[]; body: string };

/** Answers a request to the authorization server, on behalf of the platform. */
export type AnswerAuthorization = (request: AuthorizationRequest, identity: Identity) => Promise<AuthorizationResponse>;

/** What the authorization server reads. Everything else stays here. */
const REQUEST_HEADERS = [
  'accept',
  'accept-language',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'content-type',
  'cookie',
  'origin',
  'sec-fetch-site',
] as const;
/** The tokens of a request: it signs, hashes or writes more than a simple query. */
const TOKENS = 5;
const FORM_BYTES = 16 * 1024;
const INTERACTION_PATH = '/oauth/interaction/';
/** The step of an interaction in which a person enters their password, rather than a code or a decision. */
const PASSWORD_STEP = 'login';

/**
 * `/oauth/*` and the metadata of the authorization server, which is part of the user subgraph: it owns the accounts,
 * and the gateway owns no data.
 */
export async function authorizationRoutes(
  app: FastifyInstance,
  deps: {
    answer: AnswerAuthorization;
    limiter: RateLimiter;
    passwords: PasswordQueue;
    limits: GatewayConfig['limits'];
    timeoutMs: number;
  },
): Promise<void> {
  const { answer, limiter, passwords, limits, timeoutMs } = deps;
  const general: Rate = { perSecond: limits.ratePerSecond, burst: limits.burst };
  const login: Rate = { perSecond: limits.loginsPerMinute / 60, burst: limits.loginsPerMinute };

  app.removeAllContentTypeParsers();
  const form = { parseAs: 'string', bodyLimit: FORM_BYTES } as const;
  app.addContentTypeParser('application/x-www-form-urlencoded', form, async (_request: unknown, body: string) => body);
  app.addContentTypeParser('*', async () => {
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/x-www-form-urlencoded.');
  });

  const forward = async (request: FastifyRequest, reply: FastifyReply) => {
    const network = networkOf(request.ip);
    const takes: Take[] = [{ bucket: addressBucket(network), rate: general, tokens: TOKENS }];
    // Without dot segments, which would hide the path from the limit of logins.
    const { pathname, search } = new URL(request.url, 'http://gateway');
    const isLogin = request.method === 'POST' && pathname.startsWith(INTERACTION_PATH);
    if (isLogin) takes.push({ bucket: loginBucket(network), rate: login, tokens: 1 });
    await limiter.take(takes);
    const headers = REQUEST_HEADERS.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [{ name, value }] : [];
    });
    const body = typeof request.body === 'string' ? request.body : '';
    const { method } = request;
    const ask = () =>
      withDeadline(reply, { ms: timeoutMs, isMutation: true }, (_signal, deadline) =>
        answer(
          { method, path: pathname + search, headers, body },
          {
            ...platformIdentity('mutation'),
            requestId: request.id,
            network,
            device: deviceOf(request.headers['user-agent']),
            deadline,
          },
        ),
      );
    const hasPassword = isLogin && new URLSearchParams(body).get('step') === PASSWORD_STEP;
    const response = await (hasPassword ? passwords.run(network, 1, ask) : ask());
    for (const { name, value } of response.headers) {
      // Fastify adds cookies to those that are set, and replaces all other headers.
      reply.header(name, value);
    }
    return reply.code(response.status).send(response.body);
  };

  for (const url of ['/oauth/*', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    app.route({ method: ['GET', 'POST', 'OPTIONS'], url, exposeHeadRoute: false, handler: forward });
  }
}
