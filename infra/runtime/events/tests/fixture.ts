import { setTimeout as sleep } from 'node:timers/promises';
import { transaction } from '@tintype/postgres';
import type { Environment } from '@tintype/testing';
import type pg from 'pg';
import { isNotFound } from '../src/bus/streams.ts';
import type { EventEnvelope, NewEvent, Outbox } from '../src/index.ts';

export const PUBLISHED = 'tintype.post.post.published.v1';

/** The outbox and its relay handle data of any shape. */
export type TestEvents = { [PUBLISHED]: object };

export function anEvent(subject: string, data: object = {}): NewEvent<TestEvents> {
  return { type: PUBLISHED, subject, data };
}

export function publishEvents(
  pool: pg.Pool,
  outbox: Outbox<TestEvents>,
  events: NewEvent<TestEvents>[],
): Promise<void> {
  return transaction(pool, (tx) => outbox.append(tx, events));
}

/** Waits until the condition holds. Fails with the latest value. */
export async function until<T>(
  read: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  ms = 30_000,
  everyMs = 20,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await read();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(seen)?.slice(0, 500)} after ${ms} ms`);
    await sleep(everyMs);
  }
}

export async function countUnpublished(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as count from "post"."outbox" where published_at is null');
  return rows[0].count;
}

/** Zero before a relay has created the stream. */
export async function messagesInStream(bus: Environment['bus']): Promise<number> {
  return bus.jsm.streams
    .info(bus.streamName('post'))
    .then(({ state }) => state.messages)
    .catch((error: unknown) => {
      if (isNotFound(error)) return 0;
      throw error;
    });
}

/** The smallest projection: it stores each event once, however often it arrives. */
export async function createLedger(pool: pg.Pool, { isNew = true } = {}) {
  await pool.query('create table if not exists ledger (event_id bigint primary key, subject text, at bigserial)');
  if (isNew) await pool.query('truncate ledger');
  return {
    async apply(event: EventEnvelope): Promise<void> {
      const insert = 'insert into ledger (event_id, subject) values ($1, $2) on conflict do nothing';
      await transaction(pool, (tx) => tx.query(insert, [event.id, event.subject]));
    },
    async counts(): Promise<{ rows: number; events: number }> {
      const { rows } = await pool.query(
        'select count(*)::int as rows, count(distinct event_id)::int as events from ledger',
      );
      return rows[0];
    },
  };
}
