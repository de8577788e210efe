import type { Environment } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConsumerOptions,
  listDeadLetters,
  removeStreams,
  retryDeadLetters,
  UnprocessableEventError,
} from '../src/index.ts';
import { type ConsumerFixture, openConsumers } from './consumer.fixture.ts';
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

const consume = (options: Partial<ConsumerOptions>) => fixture.consume({ maxDeliver: 2 }, options);
const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** A handler with a dependency. It counts its calls. */
function dependent() {
  const state = { isAway: true, calls: 0, handled: [] as string[] };
  const take = async (subject: string) => {
    state.calls += 1;
    if (state.isAway) throw away();
    state.handled.push(subject);
  };
  return { state, take };
}

describe('while a dependency of the events is unavailable', () => {
  it.each(['by event', 'by batch'])('no event uses up a try, and all are handled when it is back: %s', async (way) => {
    const { state, take } = dependent();
    await consume(
      way === 'by event'
        ? { handle: (event) => take(event.subject) }
        : { handleBatch: async (events) => void (await Promise.all(events.map((event) => take(event.subject)))) },
    );
    const subjects = Array.from({ length: 12 }, (_, n) => `${n}`);
    await fixture.publishAll(subjects.map((subject) => anEvent(subject)));
    // Six probes are more than the two attempts of an event.
    const most = way === 'by event' ? 8 + 6 : 12 + 6;
    await until(
      () => state.calls,
      (calls) => calls >= most,
      30_000,
    );
    state.isAway = false;
    await until(
      () => new Set(state.handled).size,
      (count) => count === 12,
    );
    expect(await listDeadLetters(environment.bus)).toEqual([]);
  });

  it('a consumer that is started again and again loses nothing', async () => {
    const { state, take } = dependent();
    const consumer = await consume({ handle: (event) => take(event.subject) });
    await fixture.publishAll([anEvent('only')]);
    for (let round = 1; round <= 6; round++) {
      await until(
        () => state.calls,
        (calls) => calls >= round,
      );
      await consumer.stop();
      await consumer.start();
    }
    state.isAway = false;
    await until(
      () => state.handled,
      (handled) => handled.length === 1,
    );
    expect(await listDeadLetters(environment.bus)).toEqual([]);
  });

  it('an event that alone needs it does not keep the others from being handled', async () => {
    const handled: string[] = [];
    await consume({
      concurrency: 1,
      handle: async ({ subject }) => {
        if (subject === 'needy') throw away();
        handled.push(subject);
      },
    });
    await fixture.publishAll([anEvent('needy'), ...Array.from({ length: 40 }, (_, n) => anEvent(`${n}`))]);
    await until(
      () => handled.length,
      (count) => count === 40,
    );
  });

  it('a bad event still goes to the dead letters', async () => {
    const { state, take } = dependent();
    state.isAway = false;
    await consume({
      handle: async ({ subject }) => {
        if (subject === 'bad') throw new Error('cannot digest this');
        await take(subject);
      },
    });
    await fixture.publishAll([anEvent('bad'), anEvent('good')]);
    const letters = await until(
      () => listDeadLetters(environment.bus),
      (found) => found.length === 1,
    );
    expect(letters[0]).toMatchObject({ attempts: 2, event: { subject: 'bad' } });
    expect(state.handled).toEqual(['good']);
  });
});

describe('dead letters', () => {
  it('outlive an emptied NATS, and one that was sent again into it', async () => {
    const { bus } = environment;
    const handled: string[] = [];
    let isMended = false;
    const consumer = await consume({
      handle: async ({ subject }) => {
        if (!isMended) throw new UnprocessableEventError('never');
        handled.push(subject);
      },
    });
    await fixture.publishAll([anEvent('bad')]);
    await until(
      () => listDeadLetters(bus),
      (letters) => letters.length === 1,
    );
    await consumer.stop();
    expect(await retryDeadLetters(bus)).toHaveLength(1);
    // Like an emptied server: there are no streams or consumers, and the relay has nothing to publish again.
    await fixture.stop();
    await environment.database.pool.query('truncate "post"."outbox"');
    await removeStreams(bus);
    const [letter] = await listDeadLetters(bus);
    expect(letter).toMatchObject({ event: { subject: 'bad' }, resentAt: expect.any(Date) });

    isMended = true;
    await consumer.start();
    expect(await retryDeadLetters(bus)).toHaveLength(1);
    await until(
      () => listDeadLetters(bus),
      (letters) => letters.length === 0,
    );
    expect(handled).toEqual(['bad']);
  });
});
