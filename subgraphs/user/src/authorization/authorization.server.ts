import { AsyncLocalStorage } from 'node:async_hooks';
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { RequestError } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import type { Log } from '@tintype/telemetry';
import type { JWK } from 'jose';
import inject, { type InjectOptions } from 'light-my-request';
import { type AdapterFactory, type Configuration, errors, default as Provider } from 'oidc-provider';
import type { AccountModel } from '#account/account.model.ts';
import { pageOf } from '#app/app.rules.ts';
import type { LogInClient } from '#session/log-in.service.ts';
import type { SigningKeyService } from '#session/signing-key.service.ts';
import { ACCESS_TOKEN_S, ID_TOKEN_S } from '#session/token.rules.ts';
import { hashToken } from '#session/token-hash.rules.ts';
import { INTERACTION_S } from './authorization.keys.ts';
import { errorPage, type Page, pageHeaders, pagePolicy, protocolErrorPage } from './authorization-page.ts';
import { type InteractionPages, type RequestContext, textsFor } from './interaction.page.ts';
import { orUnavailable, TemporarilyUnavailable } from './record.store.ts';
import { SCOPES } from './scope.rules.ts';

export type Header = { name: string; value: string };
export type HttpRequest = { method: string; path: string; headers: readonly Header[]; body: string };
export type HttpResponse = { status: number; headers: Header[]; body: string };

/** The authorization server of OAuth 2.1 and OpenID Connect. */
export type AuthorizationServer = {
  /** Answers an HTTP request that the gateway forwards. */
  answer(request: HttpRequest, client: LogInClient): Promise<HttpResponse>;
};

const REFRESH_TOKEN_S = 60 * 24 * 3600;
const CODE_S = 60;
const INTERACTION_PATH = '/oauth/interaction/';
const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  // Served by the gateway, with the keys of all tokens that may still be valid.
  jwks: '/.well-known/jwks.json',
} as const;
/** Headers of one connection, which the gateway writes itself. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'transfer-encoding']);

export function createAuthorizationServer(deps: {
  /** Where people and apps reach the gateway. It is the issuer of all tokens. */
  publicUrl: string;
  mediaBaseUrl: string;
  secret: string;
  keys: SigningKeyService;
  records: AdapterFactory;
  pages: InteractionPages;
  findAccount(id: bigint): Promise<AccountModel | null>;
  log: Log;
}): AuthorizationServer {
  const { publicUrl, mediaBaseUrl, secret, keys, records, pages, findAccount, log } = deps;
  const issuer = new URL(publicUrl);
  const clients = new AsyncLocalStorage<LogInClient>();
  let current: { kid: string; provider: Provider } | undefined;

  const configurationOf = (jwk: JWK): Configuration => ({
    adapter: records,
    allowOmittingSingleRegisteredRedirectUri: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'picture'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    // Pages have no secrets. They may use the endpoints from where their answers go. Native apps have no origin: that
    // of their URIs would be the text `null`, which sandboxed pages of anybody send, too.
    clientBasedCORS: (_context, origin, { clientAuthMethod, redirectUris = [] }) =>
      clientAuthMethod === 'none' && redirectUris.some((uri) => pageOf(uri)?.origin === origin),
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'EdDSA',
    },
    cookies: {
      names: cookieNames(issuer),
      keys: [Buffer.from(hkdfSync('sha256', secret, '', 'tintype authorization cookies v1', 32)).toString('base64url')],
    },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    expiresWithSession: () => false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      // An app learns about its own tokens only.
      introspection: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
    },
    async findAccount(_context, sub) {
      const id = parseGlobalId('User', sub);
      const account = id === null ? null : await orUnavailable(findAccount(id));
      if (!account) return undefined;
      const { username, displayName, avatarKey } = account;
      return {
        accountId: globalId('User', account.id),
        claims: () => ({
          sub: globalId('User', account.id),
          preferred_username: username,
          name: displayName || username,
          picture: avatarKey === null ? undefined : `${mediaBaseUrl}/${avatarKey}`,
        }),
      };
    },
    formats: { bitsOfOpaqueRandomness: 256 },
    interactions: { url: (_context, { uid }) => `${publicUrl}${INTERACTION_PATH}${uid}` },
    // Every authorization asks the person, so tokens for the time when they are away need no scope of their own.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: [jwk] },
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    pkce: { required: () => true },
    renderError(context, { error, error_description }) {
      const page = protocolErrorPage(textsFor(context), error_description ? `${error}: ${error_description}` : error);
      context.set(pageHeaders(page));
      context.type = 'html';
      context.body = page.html;
    },
    responseTypes: ['code'],
    revokeGrantPolicy: () => true,
    rotateRefreshToken: true,
    routes: ROUTES,
    scopes: [...SCOPES],
    ttl: {
      AccessToken: ACCESS_TOKEN_S,
      AuthorizationCode: CODE_S,
      Grant: REFRESH_TOKEN_S,
      IdToken: ID_TOKEN_S,
      Interaction: INTERACTION_S,
      RefreshToken: REFRESH_TOKEN_S,
      Session: INTERACTION_S,
    },
  });

  const showError = (context: RequestContext, status: number, page: Page): void => {
    context.status = status;
    context.set(pageHeaders(page));
    context.type = 'html';
    context.body = page.html;
  };

  /** The pages of ours. `oidc-provider` itself catches the errors of its own. */
  const showPage = async (provider: Provider, context: RequestContext): Promise<void> => {
    try {
      await orUnavailable(pages(provider, context, clients.getStore() ?? NOBODY));
    } catch (error) {
      const texts = textsFor(context);
      if (error instanceof errors.SessionNotFound) {
        return showError(context, error.statusCode, errorPage(texts, texts.text('authorizationPage.expired')));
      }
      const unavailable = errorPage(texts, texts.text('pageError.UNAVAILABLE'));
      if (error instanceof TemporarilyUnavailable) return showError(context, error.statusCode, unavailable);
      if (error instanceof errors.OIDCProviderError) {
        const message = error.error_description ?? error.message;
        return showError(context, error.statusCode, protocolErrorPage(texts, message));
      }
      if (error instanceof RequestError) return showError(context, 503, unavailable);
      log.error({ error }, 'A page of the authorization server failed.');
      showError(context, 500, unavailable);
    }
  };

  const create = (jwk: JWK): Provider => {
    const provider = new Provider(publicUrl, configurationOf(jwk));
    provider.proxy = true;
    provider.Client.prototype.compareClientSecret = function (actual: string) {
      // The stored secret is a hash: see `clientOf` in the record store.
      const stored = Buffer.from(this.clientSecret ?? '', 'base64url');
      const given = hashToken(actual);
      return stored.length === given.length && timingSafeEqual(stored, given);
    };
    provider.use(async (context, next) => {
      context.set('content-security-policy', pagePolicy());
      if (context.path.startsWith(INTERACTION_PATH)) await showPage(provider, context);
      else await next();
    });
    provider.on('server_error', (_context, error) =>
      log.error({ error }, 'A request to the authorization server failed.'),
    );
    return provider;
  };

  const providerOf = async (): Promise<Provider> => {
    const { kid, jwk } = await keys.current();
    if (current?.kid !== kid) current = { kid, provider: create(jwk) };
    return current.provider;
  };

  return {
    async answer({ method, path, headers, body }, client) {
      const known = METHODS.find((one) => one === method);
      if (!known) return { status: 405, headers: [{ name: 'allow', value: METHODS.join(', ') }], body: '' };
      const provider = await providerOf();
      const options: InjectOptions = {
        method: known,
        url: path,
        headers: {
          ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
          // Addresses are made from the issuer, never from what a client calls us.
          host: issuer.host,
          'x-forwarded-proto': issuer.protocol.slice(0, -1),
        },
        ...(body !== '' && { payload: body }),
      };
      const response = await clients.run(client, () => inject(provider.callback(), options));
      return { status: response.statusCode, headers: headersOf(response.headers), body: response.payload };
    },
  };
}

/**
 * Names with which browsers refuse cookies that another host of our domain, or a page without TLS, has set. The session
 * is for all paths, the others for one each. On a developer's machine without TLS, browsers would refuse these names.
 */
function cookieNames({ protocol }: URL): Required<CookieNames> {
  const [host, secure] = protocol === 'https:' ? ['__Host-', '__Secure-'] : ['', ''];
  return {
    session: `${host}authorization_session`,
    interaction: `${secure}authorization_interaction`,
    resume: `${secure}authorization_resume`,
  };
}

type CookieNames = NonNullable<NonNullable<Configuration['cookies']>['names']>;
const NOBODY: LogInClient = { network: undefined, device: '' };
const METHODS = ['GET', 'POST', 'OPTIONS'] as const;

function headersOf(headers: NodeJS.Dict<number | string | string[]>): Header[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || OF_CONNECTION.has(name)) return [];
    return [value].flat().map((one) => ({ name, value: String(one) }));
  });
}
