import { createHash, randomBytes } from 'node:crypto';
import { type Account, type AccountFixture, type Errors, PASSWORD, startAccountFixture } from './account.fixture.ts';

export const ISSUER = 'https://tintype.example';
export const REDIRECT_URI = 'https://printer.example/callback';

type Header = { name: string; value: string };
type Response = { status: number; headers: Header[]; body: string };

export type App = { id: string; secret: string | null };
export type Tokens = {
  access_token: string;
  refresh_token: string;
  id_token?: string;
  expires_in: number;
  scope: string;
  token_type: string;
};
export type Failure = { error: string; error_description?: string };
/** An authorization request, with what only its app knows. */
export type Asked = { url: string; verifier: string };

/** A browser without scripts: it keeps cookies and sends forms. */
export type Browser = {
  /** All `Set-Cookie` headers that it got. */
  setCookies: readonly string[];
  get(url: string): Promise<Response>;
  /** Sends a form from the page itself, unless `headers` say otherwise. */
  post(url: string, fields: Record<string, string>, headers?: Header[]): Promise<Response>;
  /** Logs in on the page of a request. @returns its address, and the page with the decision or an error */
  logIn(asked: Asked, account: Account, password?: string): Promise<{ page: string; response: Response }>;
  /** Logs in and allows everything. @returns the address of the app to which the browser is sent */
  allow(asked: Asked, account: Account): Promise<URL>;
  /** Follows redirects of the authorization server. @returns the first address elsewhere */
  follow(response: Response): Promise<URL>;
};

export type AuthorizationFixture = AccountFixture & {
  send(request: { method: string; path: string; headers?: Header[]; body?: string }): Promise<Response>;
  createApp(owner: Account, more?: object): Promise<App>;
  /** @param more parameters that replace others; null leaves one out */
  ask(app: App, more?: Record<string, string | null>): Asked;
  /** @param language its `Accept-Language` header. Default: English */
  browser(language?: string): Browser;
  /** Sends a form to an endpoint as an app does. */
  call<Answer>(path: string, app: App, fields: Record<string, string>): Promise<Answer & { status: number }>;
  exchange(app: App, code: string, asked: Asked, more?: Record<string, string>): Promise<Tokens & Failure>;
  /** An account lets an app act for it. */
  grant(app: App, account: Account, scope?: string): Promise<Tokens>;
  refresh(app: App, refreshToken: string, more?: Record<string, string>): Promise<Tokens & Failure>;
  /** What the gateway learns about an access token. */
  access(token: string): Promise<{ userId: string; grantId: string; scopes: string[] } | null>;
};

const ANSWER = `mutation ($request: HttpRequest!) {
  answerAuthorizationRequest(request: $request) { status headers { name value } body }
}`;

export function headerOf({ headers }: Response, name: string): string | undefined {
  return headers.find((one) => one.name === name)?.value;
}

export function hiddenOf({ body }: Response, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1];
  if (value === undefined) throw new Error(`The page has no ${name}: ${body}`);
  return value;
}

/**
 * @param addresses of servers of the test's own
 * @param publicUrl where people reach the platform
 */
export async function startAuthorizationFixture(
  addresses?: Record<string, string>,
  publicUrl = ISSUER,
): Promise<AuthorizationFixture> {
  const fixture = await startAccountFixture({ PUBLIC_URL: publicUrl }, {}, addresses);

  const send: AuthorizationFixture['send'] = async ({ method, path, headers = [], body = '' }) => {
    type Data = { answerAuthorizationRequest: Response };
    const request = { method, path, headers, body };
    const data = await fixture.graph.askAs<Data>('gateway', 'user', null, ANSWER, { request });
    return data.answerAuthorizationRequest;
  };
  const pathOf = (url: string) => {
    const { origin, pathname, search } = new URL(url, publicUrl);
    if (origin !== publicUrl) throw new Error(`This is elsewhere: ${url}`);
    return pathname + search;
  };

  const browser = (language = 'en'): Browser => {
    const cookies = new Map<string, string>();
    const setCookies: string[] = [];
    const visit = async (method: string, url: string, headers: Header[] = [], body = '') => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const all = [...headers, { name: 'accept', value: 'text/html' }, { name: 'cookie', value: cookie }];
      all.push({ name: 'accept-language', value: language });
      const response = await send({ method, path: pathOf(url), headers: all, body });
      for (const { name, value } of response.headers) {
        if (name !== 'set-cookie') continue;
        setCookies.push(value);
        const [, key, content] = /^([^=]+)=([^;]*)/.exec(value)!;
        if (content === '') cookies.delete(key!);
        else cookies.set(key!, content!);
      }
      return response;
    };
    const own = [{ name: 'sec-fetch-site', value: 'same-origin' }];
    const post: Browser['post'] = (url, fields, headers = own) =>
      visit('POST', url, [...headers, FORM], new URLSearchParams(fields).toString());
    const follow: Browser['follow'] = async (response) => {
      const location = headerOf(response, 'location');
      if (location === undefined) throw new Error(`There is no redirect: ${response.status} ${response.body}`);
      const target = new URL(location, publicUrl);
      return target.origin === publicUrl ? follow(await visit('GET', target.href)) : target;
    };
    const logIn: Browser['logIn'] = async (asked, account, password = PASSWORD) => {
      const page = headerOf(await visit('GET', asked.url), 'location')!;
      await visit('GET', page);
      const response = await post(page, { step: 'login', identifier: account.username, password });
      return { page, response };
    };
    return {
      setCookies,
      get: (url) => visit('GET', url),
      post,
      follow,
      logIn,
      async allow(asked, account) {
        const { page, response } = await logIn(asked, account);
        const proof = hiddenOf(response, 'proof');
        return follow(await post(page, { step: 'consent', decision: 'allow', proof }));
      },
    };
  };

  const ask: AuthorizationFixture['ask'] = (app, more = {}) => {
    const verifier = randomBytes(32).toString('base64url');
    const parameters: Record<string, string | null> = {
      client_id: app.id,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile read write:posts',
      state: 'a state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    };
    const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
    return { url: `${publicUrl}/oauth/authorize?${new URLSearchParams(given)}`, verifier };
  };

  const call = async <Answer>(path: string, app: App, fields: Record<string, string>) => {
    const basic = Buffer.from(`${app.id}:${app.secret}`).toString('base64');
    const headers = [FORM, ...(app.secret ? [{ name: 'authorization', value: `Basic ${basic}` }] : [])];
    const body = new URLSearchParams({ ...fields, ...(app.secret === null && { client_id: app.id }) }).toString();
    const response = await send({ method: 'POST', path, headers, body });
    return { ...(response.body === '' ? {} : JSON.parse(response.body)), status: response.status } as Answer & {
      status: number;
    };
  };
  const exchange: AuthorizationFixture['exchange'] = (app, code, asked, more = {}) =>
    call('/oauth/token', app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: asked.verifier,
      ...more,
    });

  return {
    ...fixture,
    send,
    browser,
    ask,
    call,
    exchange,
    async createApp(owner, more = {}) {
      const input = {
        name: 'Printer',
        website: 'https://printer.example',
        redirectUris: [REDIRECT_URI],
        isConfidential: true,
        ...more,
      };
      type Payload = { app: { id: string } | null; secret: string | null; errors: Errors };
      const fields = 'app { id } secret errors { code message path }';
      const { app, secret, errors } = await fixture.mutate<Payload>('createApp', input, fields, owner.viewer);
      if (!app) throw new Error(errors.map(({ code }) => code).join());
      return { id: app.id, secret };
    },
    async grant(app, account, scope = 'openid profile read write:posts') {
      const asked = ask(app, { scope });
      const answered = await browser().allow(asked, account);
      return exchange(app, answered.searchParams.get('code')!, asked);
    },
    refresh: (app, refreshToken, more = {}) =>
      call('/oauth/token', app, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more }),
    async access(token) {
      type Data = { appAccess: { userId: string; grantId: string; scopes: string[] } | null };
      const query = 'query ($token: String!) { appAccess(token: $token) { userId grantId scopes } }';
      return (await fixture.graph.askAs<Data>('gateway', 'user', null, query, { token })).appAccess;
    },
  };
}

const FORM: Header = { name: 'content-type', value: 'application/x-www-form-urlencoded' };
