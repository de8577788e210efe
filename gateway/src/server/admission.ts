import type { Viewer } from '@tintype/viewer';
import type { FastifyRequest } from 'fastify';
import { type Authenticator, insufficientScope } from '#auth/authenticator.ts';
import type { SessionState } from '#auth/session-state.ts';
import type { RefuseSuspended } from '#auth/suspended-fields.ts';
import { GatewayError } from '#errors/errors.ts';
import { networkOf } from '#limits/address.rules.ts';
import { addressBucket, loginBucket, viewerBucket } from '#limits/bucket.keys.ts';
import { tokensFor } from '#limits/charge.rules.ts';
import type { Rate, Take } from '#limits/gcra.rules.ts';
import { costOf, type Operation, type QueryAnalyser } from '#limits/query.analysis.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import { takesOf } from '#limits/share.rules.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { readParameters } from './parameters.ts';
import type { PersistedQueries } from './persisted-queries.ts';

/** What a request wants to run. Nothing else of the request is read to run it. */
export type GraphRequest = {
  query: string;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  /** Set if it came as a persisted query. */
  hash: string | undefined;
};

export type Admitted = {
  viewer: Viewer | null;
  /** When the viewer's access token expires, in milliseconds since the epoch; 0 for a visitor. */
  expiresAt: number;
  /** What may run. */
  asked: GraphRequest;
  /** The named operation. Undefined if the text has no such operation or is not GraphQL: then it must not run. */
  operation: Operation | undefined;
  /** The tokens that the operation took. */
  tokens: number;
};

/** Admits a request to the graph before any of it is validated or planned. @throws GatewayError */
export type Admission = (request: FastifyRequest) => Promise<Admitted>;

export function createAdmission(deps: {
  authenticator: Authenticator;
  sessionState: SessionState;
  refuseSuspended: RefuseSuspended;
  limiter: RateLimiter;
  analyser: QueryAnalyser;
  persisted: PersistedQueries;
  limits: GatewayConfig['limits'];
}): Admission {
  const { authenticator, sessionState, refuseSuspended, limiter, analyser, persisted, limits } = deps;
  const general: Rate = { perSecond: limits.ratePerSecond, burst: limits.burst };
  const login: Rate = { perSecond: limits.loginsPerMinute / 60, burst: limits.loginsPerMinute };

  const inspect = (
    request: FastifyRequest,
  ): { asked: GraphRequest; operation: Operation | undefined; cost: number } => {
    const parameters = readParameters(request);
    const asked = { ...parameters, query: persisted.resolve(parameters) };
    const operations = analyser.analyse(asked.query);
    if (operations.length === 0) return { asked, operation: undefined, cost: 0 };
    const operation = chosenOf(operations, asked.operationName);
    return { asked, operation, cost: costOf(operation, asked.variables) };
  };

  return async (request) => {
    const network = networkOf(request.ip);
    const [who, what] = await Promise.allSettled([
      authenticator.authenticate(request.headers.authorization, () =>
        limiter.take([{ bucket: addressBucket(network), rate: general, tokens: LOOKUP_TOKENS }]),
      ),
      (async () => inspect(request))(),
    ]);
    // Refused operations take tokens as well, or attempts would be free.
    const { viewer, expiresAt } = (who.status === 'fulfilled' && who.value) || VISITOR;
    const { operation, cost } = what.status === 'fulfilled' ? what.value : NOTHING;
    const tokens = tokensFor(operation, cost);
    const takes: Take[] = viewer
      ? takesOf(viewer, tokens, { bucket: viewerBucket, rate: general })
      : [{ bucket: addressBucket(network), rate: general, tokens }];
    if (operation?.logins) takes.push({ bucket: loginBucket(network), rate: login, tokens: operation.logins });
    // Commands of the same tick are sent as one packet, so this is one round trip unless there are several buckets.
    const [suspension] = await Promise.all([viewer && sessionState.check(viewer), limiter.take(takes)]);
    if (who.status === 'rejected') throw who.reason;
    if (viewer?.scopes && !viewer.scopes.includes(GRAPH_SCOPE)) {
      throw insufficientScope(GRAPH_SCOPE, `The graph needs the scope ${GRAPH_SCOPE}, which this app does not have.`);
    }
    if (what.status === 'rejected') throw what.reason;
    const { asked } = what.value;
    if (viewer && suspension && operation) refuseSuspended({ viewer, suspension }, asked.query, asked.operationName);
    if (operation && operation.logins > login.burst) {
      // A bucket gives no more than it holds, so the rest would be free.
      const logins = `${operation.logins} fields that log in, ${login.burst} are allowed`;
      throw new GatewayError('TOO_MANY_ROOT_FIELDS', `The document has ${logins}.`);
    }
    return { viewer, expiresAt, asked, operation, tokens };
  };
}

/**
 * Without it, an app may only learn who the person is. Fields that visitors can use show a person more, for example
 * posts of private accounts that they follow, so every use of the graph needs it.
 */
const GRAPH_SCOPE = 'read';
/** Asking what a token stands for costs a call and a statement, whether or not it stands for anything. */
const LOOKUP_TOKENS = 1;
const VISITOR = { viewer: null, expiresAt: 0 };
const NOTHING = { operation: undefined, cost: 0 };

/** @throws GatewayError OPERATION_RESOLUTION_FAILURE */
function chosenOf(operations: readonly Operation[], name: string | undefined): Operation {
  const [only, ...others] = name === undefined ? operations : operations.filter((operation) => operation.name === name);
  if (only && others.length === 0) return only;
  const message =
    name === undefined
      ? `The document has ${operations.length} operations: name one of them in operationName.`
      : 'No operation of the document has the name in operationName.';
  throw new GatewayError('OPERATION_RESOLUTION_FAILURE', message);
}
