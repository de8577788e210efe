import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT } from 'jose';
import Provider, { interactionPolicy } from 'oidc-provider';

/** What a provider says about one of its accounts. */
export type ProviderProfile = { email?: string; email_verified?: boolean; name?: string };

/** An identity provider with its own pages, which lets in whoever names one of its accounts. */
export type TestIdentityProvider = {
  key: string;
  issuer: string;
  /** Settings of a platform whose people log in with it. */
  env: Record<string, string>;
  /** By the names with which their owners log in. */
  accounts: Map<string, ProviderProfile>;
  /** Walks through its pages as a browser without scripts. @returns the URL to which it sends the browser */
  logIn(url: string, account: string): Promise<string>;
  /** @returns the URL to which it sends the browser */
  cancel(url: string): Promise<string>;
  /** Lets all requests wait for the returned function to be called. */
  freeze(): () => void;
  /** Changes all ID tokens from now on; null changes none. */
  tamper: ((idToken: string) => Promise<string>) | null;
  /** Signs claims as the provider does. */
  sign(claims: JWTPayload): Promise<string>;
  /** How many requests it has got for tokens. */
  tokenRequests(): number;
  close(): Promise<void>;
};

const CLIENT = { id: 'tintype', secret: randomBytes(24).toString('base64url') };

/** @param redirectUris where it may send people back to */
export async function createIdentityProvider(
  redirectUris: readonly string[],
  key = 'example',
): Promise<TestIdentityProvider> {
  const accounts: TestIdentityProvider['accounts'] = new Map();
  let thawed = Promise.resolve();
  let tokenRequests = 0;
  const server = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  const policy = interactionPolicy.base();
  // Otherwise, apps have to ask for a decision.
  policy.get('consent')!.checks.remove('native_client_prompt');
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [...redirectUris],
        // So that they may have a scheme of an app.
        application_type: 'native',
      },
    ],
    interactions: { policy },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_context, accountId) => {
      const profile = accounts.get(accountId);
      return profile && { accountId, claims: () => ({ sub: accountId, ...profile }) };
    },
    // Nobody has to allow what the platform asks for.
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  oidc.use(async (context, next) => {
    if (context.path === '/token') tokenRequests++;
    await thawed;
    await next();
    if (context.path !== '/token' || !identityProvider.tamper || typeof context.body !== 'object') return;
    const { id_token: idToken, ...rest } = context.body as { id_token: string };
    context.body = { ...rest, id_token: await identityProvider.tamper(idToken) };
  });
  server.on('request', oidc.callback());

  const identityProvider: TestIdentityProvider = {
    key,
    issuer,
    env: {
      IDENTITY_PROVIDERS: JSON.stringify([
        {
          key,
          name: 'Example',
          issuer,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          redirectUris,
        },
      ]),
    },
    accounts,
    async logIn(url, account) {
      const visit = createVisitor(issuer);
      const { page } = await visit(url);
      return elsewhere(await visit(page!, { prompt: 'login', login: account, password: 'any' }));
    },
    async cancel(url) {
      const visit = createVisitor(issuer);
      const { page } = await visit(url);
      return elsewhere(await visit(`${page}/abort`));
    },
    freeze() {
      const { promise, resolve: thaw } = Promise.withResolvers<void>();
      thawed = promise;
      return thaw;
    },
    tamper: null,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
    tokenRequests: () => tokenRequests,
    async close() {
      server.closeAllConnections();
      const { promise, resolve: closed } = Promise.withResolvers<void>();
      server.close(() => closed());
      await promise;
    },
  };
  return identityProvider;
}

function elsewhere(visited: Visited): string {
  if (visited.elsewhere === undefined) throw new Error(`The provider asks for more: ${visited.page}`);
  return visited.elsewhere;
}

/** Where a browser ended: on a page of the provider, or at an address elsewhere. */
type Visited = { page?: string; elsewhere?: string };

/** A browser that keeps cookies, and follows redirects until a page or an address elsewhere. */
function createVisitor(origin: string) {
  const cookies = new Map<string, string>();
  return async (start: string, fields?: Record<string, string>): Promise<Visited> => {
    let url = start;
    let body = fields && new URLSearchParams(fields);
    for (;;) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        ...(body && { body }),
        headers: { cookie, accept: 'text/html' },
        redirect: 'manual',
      });
      for (const one of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!;
        cookies.set(name!, value!);
      }
      const location = response.headers.get('location');
      if (location === null) {
        if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
        return { page: url };
      }
      const next = new URL(location, url);
      if (next.origin !== origin) return { elsewhere: next.href };
      url = next.href;
      body = undefined;
    }
  };
}
