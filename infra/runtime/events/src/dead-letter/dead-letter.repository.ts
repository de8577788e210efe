import { type Executor, query, statement } from '@tintype/postgres';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import { type DeadLetter, type DeadLetterFilter, type NewDeadLetter, parseEvent } from './dead-letter.ts';

/** Keeps dead letters in Postgres, so that they survive the loss of a stream. */
export type DeadLetterStore = {
  /** Inserts letters, or replaces those about the same messages. Each message once. */
  put(letters: readonly NewDeadLetter[]): Promise<void>;
  /** Deletes the letter of a message that has been handled. */
  forget(durable: string, key: string): Promise<void>;
  /** Oldest first. */
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>;
  /** Does nothing if the message has failed again since `failedAt`. */
  markResent(durable: string, key: string, failedAt: Date): Promise<void>;
  /** Deletes a consumer's letters that are older than 30 days. */
  prune(durable: string): Promise<void>;
};

const RETENTION_DAYS = 30;

const DEAD_LETTER_PUT = statement(
  'dead_letter_put',
  `insert into runtime.dead_letter (durable, key, stream, attempts, reason, message)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::bytea[])
       on conflict (durable, key) do update set stream = excluded.stream, attempts = excluded.attempts, reason = excluded.reason,
         message = excluded.message, failed_at = now(), resent_at = null`,
);
const DEAD_LETTER_DELETE = statement(
  'dead_letter_delete',
  'delete from runtime.dead_letter where durable = $1 and key = $2',
);
const DEAD_LETTER_LIST = statement(
  'dead_letter_list',
  `select durable, key, stream, attempts, reason, failed_at as "failedAt", resent_at as "resentAt", message
       from runtime.dead_letter
       where ($1?::text is null or durable = $1) and ($2?::text is null or key = $2) order by failed_at, durable, key`,
).narrow<{ stream: SubgraphName }>();
const DEAD_LETTER_MARK_RESENT = statement(
  'dead_letter_mark_resent',
  `update runtime.dead_letter set resent_at = now()
       where durable = $1 and key = $2 and date_trunc('milliseconds', failed_at) = $3`,
);
const DEAD_LETTER_PRUNE = statement(
  'dead_letter_prune',
  `delete from runtime.dead_letter where durable = $1 and failed_at < now() - $2 * interval '1 day'`,
);

export function createDeadLetterStore(executor: Executor): DeadLetterStore {
  return {
    async put(letters) {
      await query(executor, DEAD_LETTER_PUT, [
        letters.map(({ durable }) => durable),
        letters.map(({ key }) => key),
        letters.map(({ stream }) => stream),
        letters.map(({ attempts }) => attempts),
        letters.map(({ reason }) => reason),
        letters.map(({ message }) => Buffer.from(message)),
      ]);
    },
    async forget(durable, key) {
      await query(executor, DEAD_LETTER_DELETE, [durable, key]);
    },
    async list({ durable = null, eventId = null }) {
      const rows = await query(executor, DEAD_LETTER_LIST, [durable, eventId]);
      return rows.map((row) => ({ ...row, event: parseEvent(row.message), advisories: [] }));
    },
    async markResent(durable, key, failedAt) {
      await query(executor, DEAD_LETTER_MARK_RESENT, [durable, key, failedAt]);
    },
    async prune(durable) {
      await query(executor, DEAD_LETTER_PRUNE, [durable, RETENTION_DAYS]);
    },
  };
}
