import { registry } from '@tintype/telemetry';
import { expect, it } from 'vitest';
import { setUpLiveFixture } from './stub/live.fixture.ts';

const { redis, start } = setUpLiveFixture();

async function metricOf(name: string): Promise<number> {
  const text = await registry.metrics();
  return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const ids = (reader: { events: { id: string }[] }) => reader.events.map(({ id }) => id);

it('killing Redis loses no event, and signals work again when it is back', async () => {
  // So long that only the return of Redis causes a check.
  const timing = { tickMs: 50, checkEveryMs: 600_000, spreadMs: 200 };
  const { listen, notifications } = await start({ live: { timing } });
  const reader = await listen();
  await expect.poll(() => reader.lastEventId).not.toBe('');
  await redis().server.kill('SIGKILL');
  const changeIds = [await notifications.change({ id: '1', silent: true })];
  await redis().server.restart({ wipe: true });
  await expect.poll(() => ids(reader)).toEqual(changeIds);
  await expect.poll(() => redis().handle.client.isReady).toBe(true);
  changeIds.push(await notifications.change({ id: '2' }));
  await expect.poll(() => ids(reader)).toEqual(changeIds);
});

it('events arrive while Redis is unavailable, only later', async () => {
  const { listen, notifications } = await start({ live: { timing: { tickMs: 50, checkEveryMs: 500 } } });
  const reader = await listen();
  await expect.poll(() => reader.lastEventId).not.toBe('');
  await redis().server.kill('SIGKILL');
  try {
    const changeIds = [await notifications.change({ id: '1', silent: true })];
    await expect.poll(() => ids(reader)).toEqual(changeIds);
  } finally {
    await redis().server.restart({ wipe: true });
    await expect.poll(() => redis().handle.client.isReady).toBe(true);
  }
});

it('a client that does not read is disconnected with little buffered, and continues where it stopped', async () => {
  const gateway = await start({ live: { timing: { tickMs: 20, stuckMs: 500 } } });
  const { listen, notifications, tokens } = gateway;
  const slow = await listen();
  const quick = await listen({ token: await tokens.sign({ sub: '43' }) });
  await expect.poll(() => slow.lastEventId).not.toBe('');
  const sent = 'gateway_live_events_total{subscription="notificationAdded",outcome="sent"}';
  const ended = 'gateway_live_ended_total{subscription="notificationAdded",reason="stuck"}';
  const before = { sent: await metricOf(sent), ended: await metricOf(ended) };
  slow.pause();
  const text = 'x'.repeat(1_000_000);
  const changeIds: string[] = [];
  for (let id = 1; id <= 40; id += 1)
    changeIds.push(await notifications.change({ id: String(id), text, silent: id < 40 }));
  await expect.poll(() => metricOf(ended)).toBe(before.ended + 1);
  // Only what fits into the kernel buffers and one more event were sent. The rest was not even read.
  expect((await metricOf(sent)) - before.sent).toBeLessThan(30);
  const other = await notifications.change({ of: '43', id: '42' });
  await expect.poll(() => ids(quick)).toEqual([other]);
  slow.resume();
  expect(await slow.ended).toBe(false);
  const readers = [slow];
  const received = () => readers.flatMap(ids);
  // On a busy machine, its connection may be ended again.
  while (received().length < changeIds.length) {
    const again = await listen({ from: readers.at(-1)!.lastEventId });
    readers.push(again);
    await Promise.race([again.ended, expect.poll(() => received().length).toBe(changeIds.length)]);
  }
  expect(received()).toEqual(changeIds);
});

it('a gateway that closes ends its streams without saying that they are complete, and clients go on elsewhere', async () => {
  const [closing, staying] = [await start(), await start()];
  const reader = await closing.listen();
  await expect.poll(() => reader.lastEventId).not.toBe('');
  await closing.drain();
  expect(await reader.ended).toBe(true);
  expect(reader.events).toEqual([]);
  expect(reader.retryMs).toBeGreaterThan(0);
  await expect(closing.listen()).rejects.toThrow();
  // The two gateways have different notifications, so only the position is checked.
  expect((await staying.listen({ from: reader.lastEventId })).status).toBe(200);
});

it('what is open and how it ended is counted', async () => {
  const gateway = await start();
  const { listen, notifications } = gateway;
  const names = [
    'gateway_live_events_total{subscription="notificationAdded",outcome="sent"}',
    'gateway_live_resumes_total{subscription="notificationAdded"}',
    'gateway_live_ended_total{subscription="notificationAdded",reason="gone"}',
  ];
  const before = await Promise.all(names.map(metricOf));
  const reader = await listen({ from: '0' });
  const open = 'gateway_live_connections{subscription="notificationAdded"}';
  expect(await metricOf(open)).toBe(1);
  await notifications.change({ id: '1' });
  await expect.poll(() => reader.events).toHaveLength(1);
  reader.close();
  await expect.poll(() => metricOf(open)).toBe(0);
  const after = await Promise.all(names.map(metricOf));
  expect(after.map((value, index) => value - before[index]!)).toEqual([1, 1, 1]);
});
