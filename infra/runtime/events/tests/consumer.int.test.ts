import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EventEnvelope, listDeadLetters, retryDeadLetters, UnprocessableEventError } from '../src/index.ts';
import { type ConsumerFixture, DURABLE, openConsumers } from './consumer.fixture.ts';
import { anEvent, until } from './fixture.ts';

let fixture: ConsumerFixture;
let environment: Environment;
beforeAll(async () => {
  fixture = await openConsumers();
  environment = fixture.environment;
});
afterAll(() => environment?.close());
beforeEach(() => fixture.start());
afterEach(() => fixture.stop());

async function unacknowledged(durable = DURABLE): Promise<number> {
  const { bus } = environment;
  const info = await bus.jsm.consumers.info(bus.streamName('post'), durable);
  return info.num_pending + info.num_ack_pending;
}

describe('a consumer', () => {
  it('handles events of one aggregate one after another in order, and aggregates side by side', async () => {
    const seen = new Map<string, number[]>();
    const busy = new Set<string>();
    let together = 0;
    let overlapped = false;
    await fixture.consume(
      {
        handle: async (event) => {
          overlapped ||= busy.has(event.subject);
          busy.add(event.subject);
          together = Math.max(together, busy.size);
          await sleep(Math.random() * 6);
          seen.set(event.subject, [...(seen.get(event.subject) ?? []), (event.data as { n: number }).n]);
          busy.delete(event.subject);
        },
      },
      { concurrency: 5 },
    );
    await Promise.all(
      Array.from({ length: 10 }, (_, subject) =>
        fixture.publishAll(Array.from({ length: 30 }, (_, n) => anEvent(`${subject}`, { n }))),
      ),
    );
    await until(
      () => [...seen.values()].flat().length,
      (count) => count === 300,
    );
    expect(overlapped).toBe(false);
    expect(together).toBe(5);
    for (const numbers of seen.values()) expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => n));
    await until(unacknowledged, (count) => count === 0);
  });

  it('retries a failed event after a pause, and handles others in the meantime', async () => {
    const handled: string[] = [];
    const times: number[] = [];
    await fixture.consume(
      {
        handle: async (event, { attempt }) => {
          handled.push(`${event.subject} ${attempt}`);
          if (event.subject !== 'shaky') return;
          times.push(performance.now());
          if (attempt < 3) throw new Error('not yet');
        },
      },
      { backoffMs: [1000, 1000] },
    );
    await fixture.publishAll([anEvent('shaky'), anEvent('a'), anEvent('b')]);
    await until(
      () => handled.length,
      (count) => count === 5,
    );
    expect(handled.slice(0, 3).toSorted()).toEqual(['a 1', 'b 1', 'shaky 1']);
    expect(handled.slice(3)).toEqual(['shaky 2', 'shaky 3']);
    expect(times[1]! - times[0]!).toBeGreaterThan(495);
    expect(times[2]! - times[1]!).toBeGreaterThan(495);
    await until(unacknowledged, (count) => count === 0);
    expect(await listDeadLetters(environment.bus)).toEqual([]);
  });

  it('gives a poison event to the dead letters after its last delivery, and a retry reaches that consumer alone', async () => {
    let mended = false;
    const handled: string[] = [];
    const elsewhere: string[] = [];
    await fixture.consume({
      handle: async (event) => {
        if (event.subject === 'poison' && !mended) throw new Error('cannot digest this');
        handled.push(event.subject);
      },
    });
    await fixture.consume({ handle: async (event) => void elsewhere.push(event.subject) }, { durable: 'feed__other' });
    await fixture.publishAll([anEvent('poison'), anEvent('wholesome')]);
    const [letter] = await until(
      () => listDeadLetters(environment.bus),
      (letters) => letters.length === 1,
    );
    expect(letter).toMatchObject({ durable: DURABLE, attempts: 5, reason: 'Error: cannot digest this' });
    expect(letter!.event).toMatchObject({ subject: 'poison', type: 'tintype.post.post.published.v1' });
    await until(unacknowledged, (count) => count === 0);

    mended = true;
    expect(await retryDeadLetters(environment.bus, { durable: 'feed__other' })).toEqual([]);
    expect(await retryDeadLetters(environment.bus, { eventId: letter!.event!.id })).toHaveLength(1);
    await until(
      () => handled.length,
      (count) => count === 2,
    );
    await until(
      () => listDeadLetters(environment.bus),
      (letters) => letters.length === 0,
    );
    expect(elsewhere.sort()).toEqual(['poison', 'wholesome']);
  });

  it('lists a retried event again when it fails again', async () => {
    await fixture.consume({ handle: () => Promise.reject(new UnprocessableEventError('never')) });
    await fixture.publishAll([anEvent('poison')]);
    await until(
      () => listDeadLetters(environment.bus),
      (letters) => letters.length === 1,
    );
    expect(await retryDeadLetters(environment.bus)).toHaveLength(1);
    const [again] = await until(
      () => listDeadLetters(environment.bus),
      ([letter]) => letter?.resentAt === null,
    );
    expect(again!.event?.subject).toBe('poison');
  });

  it('gives what is unprocessable, or no event at all, to the dead letters at once', async () => {
    const { bus } = environment;
    let calls = 0;
    await fixture.consume({
      handle: () => {
        calls += 1;
        return Promise.reject(new UnprocessableEventError('no such shape'));
      },
    });
    await fixture.publishAll([anEvent('odd')]);
    await until(
      () => calls,
      (count) => count === 1,
    );
    await bus.js.publish(bus.subject('tintype.post.post.broken.v1'), 'not JSON {');
    const letters = await until(
      () => listDeadLetters(bus),
      (found) => found.length === 2,
    );
    expect(letters.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(letters[1]).toMatchObject({ event: null, reason: expect.stringContaining('not JSON') });
    expect(calls).toBe(1);
  });

  it('lists messages whose deliveries ran out without any answer from the handler', async () => {
    const { bus } = environment;
    const witness: string[] = [];
    await fixture.consume({ handle: async (event) => void witness.push(event.subject) }, { durable: 'feed__witness' });
    await fixture.publishAll([anEvent('lost')]);
    await until(
      () => witness.length,
      (count) => count === 1,
    );
    await bus.jsm.consumers.add(bus.streamName('post'), {
      durable_name: 'feed__crashed',
      ack_policy: 'explicit' as never,
      ack_wait: 100_000_000,
      max_deliver: 2,
    });
    const taken = await bus.js.consumers.get(bus.streamName('post'), 'feed__crashed');
    for (let delivery = 0; delivery < 2; delivery++) await taken.next({ expires: 1000 });
    await taken.next({ expires: 1000 });
    const [letter] = await until(
      () => listDeadLetters(bus),
      (letters) => letters.length === 1,
    );
    expect(letter).toMatchObject({ durable: 'feed__crashed', attempts: 2, event: { subject: 'lost' } });
    expect(await retryDeadLetters(bus)).toHaveLength(1);
    expect(await listDeadLetters(bus)).toEqual([]);
  });

  it('starts from the oldest message when its durable, or the whole stream, vanished', async () => {
    const { bus } = environment;
    const seen: string[] = [];
    await fixture.consume({ handle: async (event) => void seen.push(event.subject) });
    await fixture.publishAll([anEvent('1'), anEvent('2')]);
    await until(
      () => seen.length,
      (count) => count === 2,
    );
    await bus.jsm.consumers.delete(bus.streamName('post'), DURABLE);
    await until(
      () => seen.length,
      (count) => count === 4,
    );
    await bus.jsm.streams.delete(bus.streamName('post'));
    await fixture.publishAll([anEvent('3')]);
    await until(
      () => seen.filter((subject) => subject === '3').length,
      (count) => count === 1,
    );
    await until(
      () => seen.length,
      (count) => count === 7,
    );
  });

  it('waits for handlers when it stops, returns what it did not begin, and loses nothing', async () => {
    const finished: string[] = [];
    let begun = 0;
    const consumer = await fixture.consume(
      {
        handle: async (event) => {
          begun += 1;
          await sleep(150);
          finished.push(event.subject);
        },
      },
      { concurrency: 2 },
    );
    await fixture.publishAll(Array.from({ length: 20 }, (_, n) => anEvent(`${n}`)));
    for (let stops = 1; stops <= 5; stops++) {
      await until(
        () => begun,
        (count) => count >= 2 * stops,
      );
      await consumer.stop();
      expect(finished).toHaveLength(begun);
      expect(begun).toBeLessThan(20);
      await consumer.start();
    }
    await until(
      () => new Set(finished).size,
      (count) => count === 20,
    );
    expect(finished).toHaveLength(20);
  });

  it('aborts a handler that takes too long, and delivers the event again', async () => {
    const attempts: number[] = [];
    await fixture.consume(
      {
        handle: async (_event, { attempt, signal }) => {
          attempts.push(attempt);
          if (attempt === 1) await sleep(10_000, undefined, { signal });
        },
      },
      { handlerTimeoutMs: 100 },
    );
    await fixture.publishAll([anEvent('slow')]);
    await until(
      () => attempts.length,
      (count) => count === 2,
    );
  });

  it('does not use up deliveries while a dependency of all events is unavailable', async () => {
    let broken = true;
    let calls = 0;
    const handled = new Set<string>();
    await fixture.consume(
      {
        handle: async (event) => {
          calls += 1;
          if (broken) throw new Error('the database is away');
          handled.add(event.subject);
        },
      },
      { batchSize: 20 },
    );
    await fixture.publishAll(Array.from({ length: 200 }, (_, n) => anEvent(`${n}`)));
    await sleep(1500);
    expect(calls).toBeLessThan(60);
    broken = false;
    await until(
      () => handled.size,
      (count) => count === 200,
    );
    expect(await listDeadLetters(environment.bus)).toEqual([]);
  });
});

describe('a consumer of batches', () => {
  it('gets events together, in stream order', async () => {
    const batches: EventEnvelope[][] = [];
    await fixture.publishAll(Array.from({ length: 250 }, (_, n) => anEvent(`${n % 7}`, { n })));
    await fixture.consume({ handleBatch: async (events) => void batches.push([...events]) }, { batchSize: 50 });
    await until(
      () => batches.flat().length,
      (count) => count === 250,
    );
    expect(batches.every((batch) => batch.length <= 50)).toBe(true);
    expect(batches.length).toBeLessThan(100);
    const numbers = batches.flat().map((event) => (event.data as { n: number }).n);
    for (let subject = 0; subject < 7; subject++) {
      const ofOne = numbers.filter((n) => n % 7 === subject);
      expect(ofOne).toEqual([...ofOne].sort((a, b) => a - b));
    }
    await until(unacknowledged, (count) => count === 0);
  });

  it('gives the events of a failed batch one by one, so that only the bad one is left', async () => {
    const handled = new Set<string>();
    await fixture.publishAll([...Array.from({ length: 9 }, (_, n) => anEvent(`${n}`)), anEvent('bad')]);
    await fixture.consume({
      handleBatch: async (events) => {
        if (events.some((event) => event.subject === 'bad')) throw new Error('one of these is bad');
        for (const event of events) handled.add(event.subject);
      },
    });
    const letters = await until(
      () => listDeadLetters(environment.bus),
      (found) => found.length === 1,
    );
    expect(letters[0]!.event?.subject).toBe('bad');
    expect(handled.size).toBe(9);
  });
});
