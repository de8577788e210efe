import { setTimeout as sleep } from 'node:timers/promises';
import { globalId } from '@tintype/ids';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { CreatePostDocument, FollowUserDocument } from '@tintype/schema/operations';
import sharp from 'sharp';
import type { Fixture } from '#fixture/fixture.ts';
import { logInAll, makeWorld } from '../feed/world.ts';

export type Asked = { ms: number; data: Record<string, unknown> | null; codes: string[] };

/** A person who uses the platform like an app. */
export type Person = {
  client: TintypeClient;
  token: string;
  ask(query: string, variables?: object): Promise<Asked>;
};

/** The first one posts and the second one follows them. All of them follow authors with posts. */
export async function makePeople(fixture: Fixture, url: string, count: number): Promise<Person[]> {
  const world = await makeWorld(fixture, 30, Array<number>(count).fill(10));
  const endpoint = `${url}/graphql`;
  const tokens = [...(await logInAll(endpoint, world)).values()];
  const visitor = createClient(endpoint);
  const people = tokens.map((token) => ({
    client: visitor.as(token),
    token,
    ask: (query: string, variables: object = {}) => ask(endpoint, token, query, variables),
  }));
  await people[1]!.client.request(FollowUserDocument, { userId: globalId('User', world.readers[0]!.id) });
  return people;
}

type Answer = { data?: Record<string, unknown> | null; errors?: { extensions: { code: string } }[] };
const LOST: Answer = { errors: [{ extensions: { code: 'CONNECTION_LOST' } }] };

async function ask(endpoint: string, token: string, query: string, variables: object): Promise<Asked> {
  const began = performance.now();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    .then((response) => response.json() as Promise<Answer>)
    .catch(() => LOST);
  const { data = null, errors = [] } = answer;
  return { ms: performance.now() - began, data, codes: errors.map(({ extensions }) => extensions.code) };
}

let photo: Uint8Array<ArrayBuffer> | undefined;

/** @returns its id @throws if any step is refused */
export async function post({ client }: Person): Promise<string> {
  const create = { width: 640, height: 480, channels: 3, background: '#2a6' } as const;
  photo ??= new Uint8Array(await sharp({ create }).jpeg().toBuffer());
  const [uploadId] = await client.upload([{ bytes: photo, contentType: 'image/jpeg' }]);
  const { createPost } = await client.request(CreatePostDocument, { input: { media: [{ uploadId: uploadId! }] } });
  if (!createPost!.post) throw new Error(createPost!.errors.map(({ message }) => message).join('; '));
  return createPost!.post.id;
}

/** Milliseconds until a repeated check succeeds. A failed check counts as not yet. */
export async function msUntil(check: () => Promise<boolean>, patienceMs = 120_000): Promise<number> {
  const began = performance.now();
  while (!(await check().catch(() => false))) {
    if (performance.now() - began > patienceMs) return Number.POSITIVE_INFINITY;
    await sleep(50);
  }
  return Math.round(performance.now() - began);
}

/** Listens to notifications. */
export async function listen(
  url: string,
  token: string,
): Promise<{ events(): number; isCut(): boolean; close(): void }> {
  const controller = new AbortController();
  const query = encodeURIComponent('subscription { notificationAdded { changeId } }');
  const { body } = await fetch(`${url}/events?query=${query}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
    signal: controller.signal,
  });
  let text = '';
  let isCut = false;
  const read = async () => {
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  // Ended by us or by the server: either way nothing more comes.
  void read()
    .catch(() => undefined)
    .finally(() => {
      isCut = true;
    });
  return { events: () => text.split('event: next').length - 1, isCut: () => isCut, close: () => controller.abort() };
}
