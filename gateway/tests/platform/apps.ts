import { createHash, randomBytes } from 'node:crypto';
import { CreateAppDocument } from '@tintype/schema/operations';
import { expect } from 'vitest';
import { PASSWORD, type Person } from './people.ts';

export type App = { id: string; secret: string | null };
export type AppTokens = { access_token: string; refresh_token: string };

export const REDIRECT_URI = 'https://printer.example/callback';

/** Registers an app of this person. */
export async function createApp(owner: Person, more: { name?: string; isConfidential?: boolean } = {}): Promise<App> {
  const input = {
    name: 'Printer',
    website: 'https://printer.example',
    redirectUris: [REDIRECT_URI],
    isConfidential: false,
    ...more,
  };
  const { createApp: payload } = await owner.client.request(CreateAppDocument, { input });
  expect(payload!.errors).toEqual([]);
  return { id: payload!.app!.id, secret: payload!.secret };
}

/** A person logs in on the pages of the gateway and allows everything that the app asks for. */
export async function authorize(
  url: string,
  app: App,
  person: Pick<Person, 'username'>,
  scope: string,
): Promise<AppTokens> {
  const cookies = new Map<string, string>();
  const visit = async (to: string, fields?: Record<string, string>) => {
    const { pathname, search } = new URL(to, url);
    const response = await fetch(url + pathname + search, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    return response;
  };
  const next = (response: Response) => response.headers.get('location')!;

  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: app.id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const page = next(await visit(`/oauth/authorize?${query}`));
  const decision = await visit(page, { step: 'login', identifier: person.username, password: PASSWORD });
  const [, proof] = /name="proof" value="([^"]*)"/.exec(await decision.text())!;
  const resumed = await visit(next(await visit(page, { step: 'consent', decision: 'allow', proof: proof! })));
  const code = new URL(next(resumed)).searchParams.get('code')!;
  return exchange(url, app, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  });
}

/** Sends a request of an app to the token endpoint. */
export async function exchange(url: string, app: App, fields: Record<string, string>): Promise<AppTokens> {
  const basic = Buffer.from(`${app.id}:${app.secret}`).toString('base64');
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: app.secret === null ? {} : { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ ...fields, ...(app.secret === null && { client_id: app.id }) }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as AppTokens;
}
