import { signalChannel } from '@tintype/redis';
import { describe, expect, it } from 'vitest';
import { LIVE_LIMITS } from '#live/live.limits.ts';
import { readEvents } from './stub/event-reader.ts';
import { setUpLiveFixture } from './stub/live.fixture.ts';
import { LISTEN } from './stub/live.ts';

const { redis, start } = setUpLiveFixture();

const ids = (reader: { events: { id: string }[] }) => reader.events.map(({ id }) => id);

describe('a client that listens', () => {
  it('gets a change at once, through the graph, and no older ones', async () => {
    const { notifications, listen } = await start();
    const old = await notifications.change({ id: '1' });
    const query = 'subscription { notificationAdded { id text actor { username } } }';
    const reader = await listen({ query });
    expect(reader).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
    expect(reader.headers).toMatchObject({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    await expect.poll(() => reader.lastEventId).toBe(old);
    const changeId = await notifications.change({ id: '2', text: 'anna liked your photo' });
    await expect.poll(() => reader.events).toEqual([{ event: 'next', id: changeId, data: expect.any(String) }]);
    expect(reader.results()).toEqual([
      { data: { notificationAdded: { id: '2', text: 'anna liked your photo', actor: { username: 'user-9' } } } },
    ]);
  });

  it('receives nothing of others, and everything of its own on each device', async () => {
    const { notifications, listen, tokens } = await start();
    const [phone, tablet] = [await listen(), await listen({ method: 'POST' })];
    const stranger = await listen({ token: await tokens.sign({ sub: '43' }) });
    for (const id of ['1', '2', '3']) await notifications.change({ id });
    const own = await notifications.change({ of: '43', id: '4' });
    for (const reader of [phone, tablet]) await expect.poll(() => reader.events).toHaveLength(3);
    await expect.poll(() => ids(stranger)).toEqual([own]);
    expect(phone.results().map(({ data }) => data?.notificationAdded?.id)).toEqual(['1', '2', '3']);
  });

  it('gets its own selection: aliases, fragments, variables, the operation that it names', async () => {
    const { notifications, url, tokens } = await start();
    const query = `
      query Other { me { id } }
      subscription Added($id: Boolean = true, $loud: Boolean!) { ...Root }
      fragment Root on Subscription { ... on Subscription { mine: notificationAdded { ...Parts } } }
      fragment Parts on Notification { id @include(if: $id) shout: text(upperCase: $loud) ... on Notification { __typename } }`;
    const reader = await readEvents(`${url}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokens.sign()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'Added', variables: { id: false, loud: true, more: 1 } }),
    });
    await notifications.change({ id: '1', text: 'hello' });
    await expect
      .poll(() => reader.results())
      .toEqual([{ data: { mine: { shout: 'HELLO', __typename: 'Notification' } } }]);
    reader.close();
  });

  it('receives an object that changed many times in a moment once, in its last state', async () => {
    const tickMs = 1_000;
    const { notifications, listen } = await start({ live: { timing: { tickMs } } });
    const began = performance.now();
    const reader = await listen();
    for (let count = 1; count <= 300; count += 1) await notifications.change({ id: '1', text: `${count} people` });
    await expect.poll(() => reader.results().at(-1)?.data?.notificationAdded?.text).toBe('300 people');
    // The number of checks per tick does not depend on the number of signals.
    const ticks = 2 + (performance.now() - began) / tickMs;
    expect(reader.events.length).toBeLessThanOrEqual(LIVE_LIMITS.checksPerSecond * ticks);
    expect(new Set(ids(reader)).size).toBe(reader.events.length);
  });

  it('does not receive what was taken back, and receives later changes', async () => {
    const { notifications, listen } = await start();
    const reader = await listen();
    const first = await notifications.change({ id: '1', silent: true });
    notifications.takeBack('1');
    await notifications.change({ id: '2' });
    await expect.poll(() => reader.events).toHaveLength(1);
    expect(BigInt(reader.lastEventId)).toBeGreaterThan(BigInt(first));
  });

  it('is kept from being closed by proxies with comments', async () => {
    const { listen } = await start({ live: { timing: { tickMs: 20, heartbeatMs: 100 } } });
    const reader = await listen();
    await expect.poll(() => reader.comments).toBeGreaterThan(2);
    expect(reader.events).toEqual([]);
  });
});

describe('a client that comes back', () => {
  it('continues where it was, without losses and duplicates, while changes happen', async () => {
    const { notifications, listen } = await start({ live: { timing: { tickMs: 50 } } });
    const seen: string[] = [];
    let from: string | undefined;
    let changing = true;
    const changeIds: string[] = [];
    const change = async () => {
      for (let id = 1; id <= 200; id += 1) changeIds.push(await notifications.change({ id: String(id) }));
      changing = false;
    };
    const first = await listen();
    await expect.poll(() => first.lastEventId).not.toBe('');
    from = first.lastEventId;
    first.close();
    const changes = change();
    while (changing || seen.length < changeIds.length) {
      const reader = await listen({ from });
      const before = seen.length;
      await expect.poll(() => reader.events.length).toBeGreaterThan(0);
      reader.close();
      seen.push(...ids(reader));
      from = reader.lastEventId;
      expect(seen.length).toBeGreaterThan(before);
    }
    await changes;
    expect(seen).toEqual(changeIds);
  });

  it('continues from an id in the query string, too, and from the beginning with 0', async () => {
    const { notifications, listen, url, tokens } = await start();
    const changeIds = [await notifications.change({ id: '1' }), await notifications.change({ id: '2' })];
    const all = await listen({ from: '0' });
    await expect.poll(() => ids(all)).toEqual(changeIds);
    const address = `${url}/events?lastEventId=${changeIds[0]}&query=${encodeURIComponent(LISTEN)}`;
    const reader = await readEvents(address, { headers: { authorization: `Bearer ${await tokens.sign()}` } });
    await expect.poll(() => ids(reader)).toEqual(changeIds.slice(1));
    reader.close();
  });

  it('gets more than one look brings', async () => {
    const { notifications, listen } = await start({ live: { timing: { tickMs: 20 } } });
    const changeIds: string[] = [];
    for (let id = 1; id <= 250; id += 1) changeIds.push(await notifications.change({ id: String(id), silent: true }));
    const reader = await listen({ from: '0' });
    await expect.poll(() => reader.events.length).toBe(250);
    expect(ids(reader)).toEqual(changeIds);
  });
});

describe('a signal that is lost', () => {
  it('delays its event, and loses nothing', async () => {
    const { notifications, listen } = await start({ live: { timing: { tickMs: 20, checkEveryMs: 300 } } });
    const reader = await listen();
    await expect.poll(() => reader.lastEventId).not.toBe('');
    const changeId = await notifications.change({ id: '1', silent: true });
    await expect.poll(() => ids(reader)).toEqual([changeId]);
  });

  it('is made up for by the next one', async () => {
    const { notifications, listen } = await start();
    const reader = await listen();
    const changeIds = [await notifications.change({ id: '1', silent: true }), await notifications.change({ id: '2' })];
    await expect.poll(() => ids(reader)).toEqual(changeIds);
  });

  it('or is none at all does no harm', async () => {
    const { notifications, listen } = await start();
    const reader = await listen();
    for (const message of ['{', '[]', '{"subject":"1"}', '[{"subject":42}]', '[null]', 'null', '""'])
      await redis().handle.client.publish(signalChannel(redis().handle, 'notification'), message);
    const changeId = await notifications.change({ id: '1' });
    await expect.poll(() => ids(reader)).toEqual([changeId]);
  });
});

describe('notifications that do not answer', () => {
  it('are called again, and events whose query fails are not skipped', async () => {
    const timing = { tickMs: 20, retryMs: 50, checkEveryMs: 60_000 };
    const { notifications, listen } = await start({ live: { timing } });
    const reader = await listen();
    await expect.poll(() => reader.lastEventId).not.toBe('');
    notifications.failing.add('since');
    const changeIds = [await notifications.change({ id: '1' })];
    await expect.poll(() => notifications.looks).toBeGreaterThan(2);
    expect(reader.events).toEqual([]);
    notifications.failing.add('one').delete('since');
    const looks = notifications.looks;
    await expect.poll(() => notifications.looks).toBeGreaterThan(looks);
    notifications.failing.clear();
    changeIds.push(await notifications.change({ id: '2' }));
    await expect.poll(() => ids(reader)).toEqual(changeIds);
    expect(reader.results().map(({ errors }) => errors)).toEqual([undefined, undefined]);
  });

  it('one of them that never can does not hold up the others, and its error is masked', async () => {
    const { notifications, listen } = await start({ live: { timing: { tickMs: 20, retryMs: 20 } } });
    const reader = await listen();
    notifications.failing.add('one');
    await notifications.change({ id: '1' });
    await expect
      .poll(() => reader.results())
      .toMatchObject([
        { data: { notificationAdded: null }, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
      ]);
    expect(reader.text()).not.toContain('store of notifications');
    notifications.failing.clear();
    await notifications.change({ id: '2' });
    await expect.poll(() => reader.events).toHaveLength(2);
  });

  it('are needed to start from now, but not to continue from a position', async () => {
    const { notifications, listen } = await start();
    notifications.failing.add('newest');
    const refused = await listen();
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    await expect.poll(() => refused.text()).toContain('UNAVAILABLE');
    expect((await listen({ from: '0' })).status).toBe(200);
  });
});
