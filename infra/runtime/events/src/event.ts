import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';

/** Each subgraph owns a Postgres schema and, where it publishes, a stream. */
export const OWNERS = SUBGRAPHS;
export type Owner = SubgraphName;

/** A CloudEvents 1.0 event as it travels, in JSON. */
export type EventEnvelope<Type extends string = string, Data = unknown> = {
  specversion: '1.0';
  /** Snowflake, decimal: the same in the outbox and in the stream's duplicate window. */
  id: string;
  /** `/tintype/<owner>` */
  source: string;
  /** `tintype.<owner>.<noun>.<past verb>.v1`, which is also the subject in NATS. */
  type: Type;
  /** Key of the aggregate: order is kept among the events of one. */
  subject: string;
  /** RFC 3339, when the outbox row was written. */
  time: string;
  datacontenttype: 'application/json';
  /** Place in the owner's outbox, decimal: grows in commit order per aggregate. Fit as a version for projections. */
  sequence: string;
  traceparent?: string;
  data: Data;
};

/** An event to be told. Ids in `data` travel as decimal strings: bigints are turned into them. */
export type NewEvent = {
  type: string;
  subject: string;
  data: object;
  /** W3C trace context of what caused it. */
  traceparent?: string;
};

/** A pg client fits as it is; `prismaExecutor` adapts a Prisma transaction. */
export type SqlExecutor = { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };

/** Its tables for what owners have alike (outbox, relay state, erased people) stand for those of all when statements are described. */
export const SAMPLE_SCHEMA = 'post';

export function sourceOf(owner: Owner): string {
  return `/tintype/${owner}`;
}

/** A fault of the event itself that no later delivery would mend: it goes to the dead letters at once. */
export class UnprocessableEventError extends Error {
  override readonly name = 'UnprocessableEventError';
  readonly code = 'UNPROCESSABLE_EVENT';
}

/**
 * Another event has to be applied first and is on its way, as may be where one consumer needs what another one writes. It is tried again like any
 * failure, but nothing is wrong: nobody is warned, and nothing else waits for it.
 */
export class EarlyEventError extends Error {
  override readonly name = 'EarlyEventError';
  readonly code = 'EARLY_EVENT';
}
