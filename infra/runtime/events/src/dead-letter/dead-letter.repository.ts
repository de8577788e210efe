import { type Executor, query, statement } from '@tintype/postgres';
import type { Owner } from '#event.ts';
import { type Burial, type DeadLetter, type DeadLetterFilter, parseEvent } from './dead-letter.ts';

/** Dead letters in Postgres, where an emptied NATS does not lose them. */
export type DeadLetterStore = {
  /** Writes letters, in place of those about the same messages; each once. */
  bury(letters: readonly Burial[]): Promise<void>;
  /** The message was handled after all. */
  forget(durable: string, key: string): Promise<void>;
  /** Oldest first. */
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>;
  /** Does nothing where it has failed once more since `failedAt`. */
  markResent(durable: string, key: string, failedAt: Date): Promise<void>;
  /** Removes a consumer's letters of more than 30 days ago. */
  prune(durable: string): Promise<void>;
};

const RETENTION_DAYS = 30;

const DEAD_LETTER_BURY = statement(
  'dead_letter_bury',
  `insert into runtime.dead_letter (durable, key, stream, tries, reason, message)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::bytea[])
       on conflict (durable, key) do update set stream = excluded.stream, tries = excluded.tries, reason = excluded.reason,
         message = excluded.message, failed_at = now(), resent_at = null`,
);
const DEAD_LETTER_FORGET = statement(
  'dead_letter_forget',
  'delete from runtime.dead_letter where durable = $1 and key = $2',
);
const DEAD_LETTER_LIST = statement(
  'dead_letter_list',
  `select durable, key, stream, tries, reason, failed_at as "failedAt", resent_at as "resentAt", message
       from runtime.dead_letter
       where ($1?::text is null or durable = $1) and ($2?::text is null or key = $2) order by failed_at, durable, key`,
).narrow<{ stream: Owner }>();
const DEAD_LETTER_RESENT = statement(
  'dead_letter_resent',
  `update runtime.dead_letter set resent_at = now()
       where durable = $1 and key = $2 and date_trunc('milliseconds', failed_at) = $3`,
);
const DEAD_LETTER_PRUNE = statement(
  'dead_letter_prune',
  `delete from runtime.dead_letter where durable = $1 and failed_at < now() - $2 * interval '1 day'`,
);

export function createDeadLetterStore(executor: Executor): DeadLetterStore {
  return {
    async bury(letters) {
      await query(executor, DEAD_LETTER_BURY, [
        letters.map(({ durable }) => durable),
        letters.map(({ key }) => key),
        letters.map(({ stream }) => stream),
        letters.map(({ tries }) => tries),
        letters.map(({ reason }) => reason),
        letters.map(({ message }) => Buffer.from(message)),
      ]);
    },
    async forget(durable, key) {
      await query(executor, DEAD_LETTER_FORGET, [durable, key]);
    },
    async list({ durable = null, eventId = null }) {
      const rows = await query(executor, DEAD_LETTER_LIST, [durable, eventId]);
      return rows.map((row) => ({ ...row, event: parseEvent(row.message), advisories: [] }));
    },
    async markResent(durable, key, failedAt) {
      await query(executor, DEAD_LETTER_RESENT, [durable, key, failedAt]);
    },
    async prune(durable) {
      await query(executor, DEAD_LETTER_PRUNE, [durable, RETENTION_DAYS]);
    },
  };
}
