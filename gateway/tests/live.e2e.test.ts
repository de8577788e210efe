import { CreateAccountDocument, FollowUserDocument } from '@tintype/schema/operations';
import { createClient as createListener } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

type NotificationAdded = {
  notificationAdded: { changeId: string; kind: string; text: string; isRead: boolean; actors: { username: string }[] };
};

const LISTEN = 'subscription { notificationAdded { changeId kind text isRead actors { username } } }';

describe.each(SHAPES)('notifications as they come, %s', (shape) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform(shape);
  });
  afterAll(() => platform?.close());

  it('reach a connected client, and one that was disconnected for a while', async () => {
    const username = `live_${Date.now().toString(36)}`;
    const input = { username, email: `${username}@example.org`, password: 'a long enough phrase' };
    const { createAccount: account } = await platform.client.request(CreateAccountDocument, { input });
    let lastEventId = '';
    const listener = createListener({
      url: `${platform.url}/events`,
      headers: () => ({ authorization: `Bearer ${account!.accessToken}`, 'last-event-id': lastEventId }),
    });
    const [first, second] = [await register(platform.client), await register(platform.client)];
    const userId = account!.user!.id;

    const listening = listener.iterate<NotificationAdded>({ query: LISTEN });
    const event = listening.next();
    await expect.poll(() => openConnections(platform.healthUrl)).toBe(1);
    await first.client.request(FollowUserDocument, { userId });
    const { notificationAdded } = (await event).value!.data!;
    expect(notificationAdded).toMatchObject({ kind: 'FOLLOW', isRead: false, actors: [{ username: first.username }] });
    expect(notificationAdded.text).toContain(first.username);
    await listening.return!();

    lastEventId = notificationAdded.changeId;
    await second.client.request(FollowUserDocument, { userId });
    for await (const { data } of listener.iterate<NotificationAdded>({ query: LISTEN })) {
      const { actors } = data!.notificationAdded;
      expect(actors.map((actor) => actor.username)).toContain(second.username);
      break;
    }
  });
});

async function openConnections(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gateway_live_connections\{subscription="notificationAdded"\} (\d+)/m.exec(text)?.[1]);
}
