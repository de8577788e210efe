import { BulkheadFullError, createBulkhead, withTimeout } from '@tintype/bounds';
import type { Log } from '@tintype/telemetry';
import { isHarmfulText } from '@tintype/text';
import * as oidc from 'openid-client';
import { boundedFetch } from './bounded-fetch.ts';
import type { IdentityProviderModel, ProviderAccount } from './identity-provider.model.ts';
import type { Flow } from './sealed-flow.ts';

/** Where a flow starts: the page of the provider, and what the answer is compared with. */
export type StartedFlow = { url: string } & Pick<Flow, 'state' | 'nonce' | 'codeVerifier'>;

export type ProviderClient = {
  /** UNAVAILABLE: the provider does not answer in time, or not as OpenID Connect demands. */
  start(redirectUri: string): Promise<StartedFlow | 'UNAVAILABLE'>;
  /**
   * Exchanges the answer of the provider for what it says about the person. REFUSED: the person cancelled, or the
   * answer is not one to this flow, or was already used.
   *
   * @param callbackUrl to which the browser was sent
   */
  finish(
    flow: Pick<Flow, 'redirectUri' | 'state' | 'nonce' | 'codeVerifier'>,
    callbackUrl: URL,
  ): Promise<ProviderAccount | 'REFUSED' | 'UNAVAILABLE'>;
};

/** For each request. */
const REQUEST_S = 3;
/** For all requests of one login: the configuration, the token, the keys, and what is known about the person. */
const TOTAL_MS = 6_000;
/** Logins with one provider that wait for it at once. If it is frozen, the next ones are refused. */
const AT_ONCE = 8;
/** Keys and addresses of a provider change rarely. */
const CONFIGURATION_MS = 3_600_000;
const SCOPE = 'openid email profile';
/** Longer names are not stored. */
const MAX_LENGTH = { subject: 255, email: 254, name: 50 } as const;

/**
 * A client of one identity provider: authorization code with PKCE, state and nonce. Signatures of ID tokens are checked
 * although they come over TLS, because providers on this device may lack it.
 */
export function createProviderClient(deps: { provider: IdentityProviderModel; log: Log }): ProviderClient {
  const { provider, log } = deps;
  const enter = createBulkhead({ atOnce: AT_ONCE, waiting: 0 });
  let known: { configuration: Promise<oidc.Configuration>; until: number } | undefined;

  const discover = async (): Promise<oidc.Configuration> => {
    const issuer = new URL(provider.issuer);
    const insecure = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    const options = { timeout: REQUEST_S, execute: insecure, [oidc.customFetch]: boundedFetch };
    const discovered = await oidc.discovery(issuer, provider.clientId, undefined, oidc.None(), options);
    const server = discovered.serverMetadata();
    const configuration = new oidc.Configuration(server, provider.clientId, undefined, authenticationAt(server));
    configuration.timeout = REQUEST_S;
    configuration[oidc.customFetch] = boundedFetch;
    for (const apply of insecure) apply(configuration);
    oidc.enableNonRepudiationChecks(configuration);
    return configuration;
  };

  /** OpenID Connect Core, section 9: a secret is sent in the header unless the provider takes it in the body only. */
  const authenticationAt = (server: oidc.ServerMetadata): oidc.ClientAuth => {
    if (provider.clientSecret === null) return oidc.None();
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return methods.includes('client_secret_basic')
      ? oidc.ClientSecretBasic(provider.clientSecret)
      : oidc.ClientSecretPost(provider.clientSecret);
  };

  /** Concurrent calls share one request. Failures are not kept. */
  const configurationOf = (): Promise<oidc.Configuration> => {
    if (known && Date.now() < known.until) return known.configuration;
    const asked = { configuration: discover(), until: Date.now() + CONFIGURATION_MS };
    known = asked;
    asked.configuration.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.configuration;
  };

  const warn = (error: unknown) =>
    log.warn({ reason: reasonOf(error), provider: provider.key }, 'An identity provider did not answer as it should.');

  /** Providers need not put these into the ID token. A person who is known already can log in without them. */
  const profileOf = async (
    configuration: oidc.Configuration,
    accessToken: string,
    claims: oidc.IDToken,
  ): Promise<oidc.UserInfoResponse | oidc.IDToken> => {
    if (claims.email !== undefined || !configuration.serverMetadata().userinfo_endpoint) return claims;
    try {
      return await oidc.fetchUserInfo(configuration, accessToken, claims.sub);
    } catch (error) {
      warn(error);
      return claims;
    }
  };

  const exchange = async (
    { state, nonce, codeVerifier }: Pick<Flow, 'state' | 'nonce' | 'codeVerifier'>,
    answer: URL,
  ): Promise<ProviderAccount | 'REFUSED'> => {
    const configuration = await configurationOf();
    const { authorization_response_iss_parameter_supported: namesIssuer } = configuration.serverMetadata();
    if (namesIssuer && !answer.searchParams.has('iss')) return 'REFUSED';
    const tokens = await oidc.authorizationCodeGrant(configuration, answer, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    if (claims.sub.length > MAX_LENGTH.subject || claims.sub.includes('\0'))
      throw new Error('The subject is not one of OpenID Connect.');
    const { email, email_verified, name, preferred_username } = await profileOf(
      configuration,
      tokens.access_token,
      claims,
    );
    return {
      issuer: provider.issuer,
      subject: claims.sub,
      email: textOf(email, MAX_LENGTH.email),
      isEmailVerified: email_verified === true,
      name: textOf(name, MAX_LENGTH.name) ?? textOf(preferred_username, MAX_LENGTH.name),
    };
  };

  /** @param answer the redirect URI with the query that came back */
  const isAnswer = (answer: URL, state: string): boolean => {
    const valuesOf = (name: string) => answer.searchParams.getAll(name);
    const [code, ...more] = valuesOf('code');
    // Other parameters change how the library reads the answer.
    if (!code || more.length > 0 || valuesOf('error').length > 0 || valuesOf('response').length > 0) return false;
    const [issuer = provider.issuer, ...others] = valuesOf('iss');
    return valuesOf('state').join() === state && issuer === provider.issuer && others.length === 0;
  };

  return {
    async start(redirectUri) {
      const [state, nonce, codeVerifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
      try {
        const url = oidc.buildAuthorizationUrl(await configurationOf(), {
          redirect_uri: redirectUri,
          scope: SCOPE,
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        });
        return { url: url.href, state, nonce, codeVerifier };
      } catch (error) {
        warn(error);
        return 'UNAVAILABLE';
      }
    },

    async finish({ redirectUri, ...expected }, callbackUrl) {
      // What came back elsewhere may be the answer of another provider (RFC 9700, section 4.4).
      if (callbackUrl.href.split(/[?#]/, 1)[0] !== redirectUri || !isAnswer(callbackUrl, expected.state))
        return 'REFUSED';
      try {
        return await enter(() => withTimeout(() => exchange(expected, callbackUrl), { ms: TOTAL_MS }));
      } catch (error) {
        if (isRefusal(error)) {
          log.debug(
            { reason: reasonOf(error), provider: provider.key },
            'A login with an identity provider was refused.',
          );
          return 'REFUSED';
        }
        warn(error);
        return 'UNAVAILABLE';
      }
    },
  };
}

/** Whether the code or the nonce is at fault. Otherwise, the provider is, or it is too busy. */
function isRefusal(error: unknown): boolean {
  if (error instanceof oidc.ResponseBodyError) return error.error === 'invalid_grant';
  return error instanceof oidc.ClientError && claimOf(error.cause) === 'nonce';
}

/** The claim of an ID token that is another one than expected. */
function claimOf(error: unknown): unknown {
  const details = error instanceof Error ? error.cause : undefined;
  return typeof details === 'object' && details !== null && 'claim' in details ? details.claim : undefined;
}

/** The messages of an error and its causes. Other parts of it, and errors of syntax, have texts of the answer. */
function reasonOf(error: unknown): string {
  if (error instanceof BulkheadFullError) return 'Too many logins are waiting for it.';
  if (!(error instanceof Error) || error instanceof SyntaxError) return 'no JSON, or no error';
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}

/** As it is: a normalised address may be that of somebody else. */
function textOf(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string' || value === '' || value.length > maxLength || isHarmfulText(value)) return null;
  return value;
}
