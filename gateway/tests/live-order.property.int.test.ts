import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventReader } from './stub/event-reader.ts';
import { setUpLiveFixture } from './stub/live.fixture.ts';

const { start } = setUpLiveFixture();

type ReceivedEvent = { eventId: string; id: string; changeId: string; text: string };

function receivedBy(reader: EventReader): ReceivedEvent[] {
  return reader.events
    .filter(({ event }) => event === 'next')
    .map(({ id, data }) => {
      const notification = JSON.parse(data).data.notificationAdded;
      return { eventId: id, id: notification.id, changeId: notification.changeId, text: notification.text };
    });
}

/** A change, changes while the next event is read, or a broken connection. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ change: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ during: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ resumeBy: fc.constantFrom('event' as const, 'data' as const) }) },
);

it('sends each change once and in order, however changes and reads interleave', {
  timeout: 300_000,
}, async () => {
  const { notifications, listen, tokens } = await start({ live: { timing: { tickMs: 10, checkEveryMs: 50 } } });
  let recipient = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const of = String(++recipient);
      const token = await tokens.sign({ sub: of });
      const newest = new Map<string, { changeId: string; text: string }>();
      let last = '';
      const change = async (one: number) => {
        const [id, text] = [String(one), `after ${last}`];
        last = await notifications.change({ of, id, text });
        newest.set(id, { text, changeId: last });
      };
      const received: ReceivedEvent[] = [];
      let reader = await listen({ token, from: '0' });
      for (const next of steps) {
        if ('change' in next) await change(next.change);
        else if ('during' in next) notifications.beforeRead.push(...next.during.map((one) => () => change(one)));
        else {
          reader.close();
          received.push(...receivedBy(reader));
          const before = received.at(-1);
          const from = (next.resumeBy === 'event' ? before?.eventId : before?.changeId) ?? '0';
          reader = await listen({ token, from });
        }
        // Lets reads and changes interleave.
        await new Promise(setImmediate);
      }
      // The remaining changes would wait for a read that never comes.
      notifications.beforeRead.length = 0;
      await change(1);
      const isCaughtUp = () => receivedBy(reader).at(-1)?.changeId === last;
      await expect.poll(isCaughtUp).toBe(true);
      reader.close();
      received.push(...receivedBy(reader));
      for (const { eventId, changeId } of received) expect(eventId).toBe(changeId);
      const ids = received.map(({ eventId }) => BigInt(eventId));
      expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => (one < other ? -1 : 1)));
      for (const [id, { changeId, text }] of newest)
        expect(received.findLast((event) => event.id === id)).toMatchObject({ changeId, text });
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

it('sends only what was selected', async () => {
  const { notifications, listen } = await start();
  const query = 'subscription { added: notificationAdded { changeId_: text } }';
  await notifications.change({ id: '1', text: 'a text' });
  const reader = await listen({ query, from: '0' });
  await expect.poll(() => reader.results()).toEqual([{ data: { added: { changeId_: 'a text' } } }]);
});

it('reaches a notification that changes at each read', async () => {
  const { notifications, listen } = await start({ live: { timing: { tickMs: 10, checkEveryMs: 50 } } });
  await notifications.change({ id: '1' });
  for (let reads = 0; reads < 50; reads += 1)
    notifications.beforeRead.push(async () => void (await notifications.change({ id: '1', text: `at read ${reads}` })));
  const reader = await listen({ from: '0' });
  await expect.poll(() => receivedBy(reader).length).toBeGreaterThan(0);
});
