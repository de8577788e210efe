import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import { addDrain, type SubgraphClient } from '@tintype/graphql';
import type { RedisHandle } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { buildSchema } from 'graphql';
import type { JSONWebKeySet } from 'jose';
import { accountPageRoutes } from '#account-pages/account-pages.routes.ts';
import { createAuthenticator, type FindAppAccess } from '#auth/authenticator.ts';
import { createKeySet } from '#auth/key-set.ts';
import { createSessionState, type FindSessionStatuses } from '#auth/session-state.ts';
import { createSuspendedFieldCheck } from '#auth/suspended-fields.ts';
import { type AnswerAuthorization, authorizationRoutes } from '#authorization/authorization.routes.ts';
import { GatewayError } from '#errors/errors.ts';
import { type DemoAccount, explorerRoutes } from '#explorer/explorer.routes.ts';
import { createLocalBuckets, createRedisBuckets } from '#limits/bucket.store.ts';
import { readCosts } from '#limits/costs.ts';
import { BODY_BYTES, RECEIVE_TIMEOUT_MS } from '#limits/limits.ts';
import { createPasswordQueue } from '#limits/password-queue.ts';
import { createQueryAnalyser } from '#limits/query.analysis.ts';
import { createRateLimiter } from '#limits/rate-limiter.ts';
import { sourcesOf } from '#live/event.source.ts';
import { liveRoute } from '#live/live.route.ts';
import { type LiveOptions, startLive } from '#live/live.ts';
import { createNotificationSource } from '#live/notification.source.ts';
import { createPostSource } from '#live/post.source.ts';
import { createSubscriptionDocuments } from '#live/subscription-document.ts';
import { requireSubscriptionScopes } from '#live/subscription-scopes.ts';
import { opensPage, sendRefusalPage } from '#share-page/refusal-page.ts';
import { sharePageRoutes } from '#share-page/share-page.routes.ts';
import { unsubscribeRoutes } from '#unsubscribe/unsubscribe.routes.ts';
import { createAdmission } from './admission.ts';
import { addBodies } from './bodies.ts';
import { refuseClientError } from './client-error.ts';
import { addCors } from './cors.ts';
import { nothingHere, sendError, toGatewayError } from './error-response.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { startGraph } from './graph.ts';
import { graphqlRoute } from './graphql.route.ts';
import { createPersistedQueries } from './persisted-queries.ts';
import { readBeforeAnswering } from './unread-bodies.ts';

export type GatewayOptions = {
  supergraphSdl: string;
  /** How the subgraphs of the supergraph are called: in process or over HTTP. */
  subgraphs: SubgraphClient;
  /** The public keys that verify access tokens. */
  fetchJwks: () => Promise<JSONWebKeySet>;
  findSessionStatuses: FindSessionStatuses;
  findAppAccess: FindAppAccess;
  /** Answers requests to the authorization server. */
  answerAuthorization: AnswerAuthorization;
  redis: RedisHandle;
  config: GatewayConfig;
  log: Log;
  /** Changes the intervals and limits of live delivery, for tests. */
  live?: Pick<LiveOptions, 'timing' | 'limits'>;
  /** The account with which GraphiQL offers to log in. */
  demo?: DemoAccount | undefined;
};

export type Gateway = {
  /** The address on which it listens, without a path. */
  url: string;
  app: FastifyInstance;
  /** Resolves when it can verify tokens, or after the maximum wait for the keys. */
  warm(): Promise<void>;
  /** Accepts nothing new, finishes what is running, then resolves. */
  close(): Promise<void>;
};

/** How long a start waits for the keys of tokens before the gateway reports that it is ready. */
const KEYS_MS = 10_000;

const NONE = ["'none'"];
/** Responses are JSON, except for the explorer and pages of posts, which have policies of their own. */
const HELMET = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: NONE, baseUri: NONE, formAction: NONE, frameAncestors: NONE },
  },
};

/** Serves the graph: authenticates, limits, plans and forwards. Owns no data. Listens when it resolves. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { supergraphSdl, subgraphs, fetchJwks, findSessionStatuses, findAppAccess, redis, config, log } = options;
  const persisted = createPersistedQueries();
  const graph = await startGraph({ supergraphSdl, subgraphs, persisted, introspection: config.introspection, log });
  const keys = createKeySet({ fetchJwks, log });
  const sessionState = createSessionState({ redis, findStatuses: findSessionStatuses, log });
  // The schema that the gateway derives for clients has lost the directives.
  const declared = buildSchema(supergraphSdl);
  const limiter = createRateLimiter({ shared: createRedisBuckets(redis), local: createLocalBuckets(), log });
  const admit = createAdmission({
    authenticator: createAuthenticator({ keys, findAppAccess, log }),
    sessionState,
    refuseSuspended: createSuspendedFieldCheck(graph.schema, declared),
    limiter,
    analyser: createQueryAnalyser(graph.schema, readCosts(graph.schema, declared)),
    persisted,
    limits: config.limits,
  });

  const app = newApp(config, log);
  const drain = addDrain(app, config.drainNoticeMs);
  await app.register(helmet, HELMET);
  addCors(app, config.corsOrigins);
  const { passwordQueue, passwordWaitMs } = config.limits;
  const passwords = createPasswordQueue({ waiting: passwordQueue, waitMs: passwordWaitMs });
  app.addHook('onClose', async () => passwords.close());
  const rate = { perSecond: config.limits.ratePerSecond, burst: config.limits.burst };
  const timeoutMs = config.limits.requestTimeoutMs;
  await app.register(graphqlRoute, {
    apollo: graph.apollo,
    admit,
    passwords,
    timeoutMs,
    origins: config.corsOrigins,
    explorer: config.explorer,
  });
  const { publicUrl, mediaBaseUrl } = config;
  await app.register(sharePageRoutes, { apollo: graph.apollo, limiter, rate, timeoutMs, publicUrl, mediaBaseUrl });
  const sources = sourcesOf(graph.schema, [createNotificationSource(subgraphs), createPostSource(subgraphs)]);
  if (sources.length > 0) {
    const documents = createSubscriptionDocuments(graph.schema, sources);
    const live = await startLive({
      ...options.live,
      ...graph,
      sources,
      redis,
      sessionState,
      limiter,
      rate,
      timeoutMs,
      log,
    });
    await app.register(liveRoute, {
      live,
      admit,
      documents,
      persisted,
      schema: graph.schema,
      requireScopes: requireSubscriptionScopes(declared),
      hideSuggestions: !config.introspection,
    });
  }
  await app.register(authorizationRoutes, {
    answer: options.answerAuthorization,
    limiter,
    passwords,
    limits: config.limits,
    timeoutMs,
  });
  await app.register(accountPageRoutes);
  await app.register(unsubscribeRoutes, { apollo: graph.apollo, limiter, rate, timeoutMs });
  await app.register(explorerRoutes, { enabled: config.explorer, demo: options.demo ?? null });
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(await keys.current()),
  );

  const url = await app.listen({ host: config.host, port: config.port });
  return {
    url,
    app,
    warm: () => keys.warm(KEYS_MS),
    async close() {
      await drain.drain();
      await graph.apollo.stop();
    },
  };
}

function newApp(config: GatewayConfig, log: Log): FastifyInstance {
  const refuse = (error: FastifyError | GatewayError, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = toGatewayError(error, request, log);
    return opensPage(request) ? sendRefusalPage(request, reply, refusal) : sendError(request, reply, refusal);
  };
  const app = fastify({
    bodyLimit: BODY_BYTES,
    // Never `true`: a client that could choose its own address would have as many buckets as it likes.
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    // By default, Node checks timeouts every 30 s, and gives headers a minute of their own.
    // A request without a host is refused below, in the format of other errors.
    http: { headersTimeout: RECEIVE_TIMEOUT_MS, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    // During a shutdown, requests on open connections are still answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: refuse,
    clientErrorHandler: refuseClientError,
  });
  addBodies(app);
  app.addHook('onSend', async (request, reply) => readBeforeAnswering(request, reply));
  app.addHook('onRequest', async ({ headers: { host }, raw }) => {
    if (host === undefined && raw.httpVersion === '1.1')
      throw new GatewayError('BAD_REQUEST', 'The request has no Host header.');
    if (host && !URL.canParse(`http://${host}`))
      throw new GatewayError('BAD_REQUEST', 'The Host header is not a host name.');
  });
  app.setErrorHandler<FastifyError>(refuse);
  app.setNotFoundHandler((request, reply) => refuse(nothingHere(), request, reply));
  return app;
}
