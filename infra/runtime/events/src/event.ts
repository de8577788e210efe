import type { SubgraphName } from '@tintype/schema/subgraphs';

/** A CloudEvents 1.0 event in its JSON format. */
export type EventEnvelope<Type extends string = string, Data = unknown> = {
  specversion: '1.0';
  /** A snowflake in decimal. It also identifies the event in the outbox and in the stream's duplicate window. */
  id: string;
  /** `/tintype/<owner>` */
  source: string;
  /** `tintype.<owner>.<noun>.<past verb>.v1`, which is also the subject in NATS. */
  type: Type;
  /** Key of the aggregate. Events of one aggregate stay in order. */
  subject: string;
  /** RFC 3339, when the outbox row was written. */
  time: string;
  datacontenttype: 'application/json';
  /**
   * Position in the owner's outbox, decimal. Grows in commit order per aggregate, so projections can use it as a
   * version.
   */
  sequence: string;
  traceparent?: string;
  data: Data;
};

/**
 * An event to publish: one of an owner's types with the data of that type.
 *
 * @template Events the data of each type, such as `PostEvents` of @tintype/schema
 */
export type NewEvent<Events, Type extends keyof Events & string = keyof Events & string> = {
  [Each in Type]: {
    type: Each;
    /** Key of the aggregate. */
    subject: string;
    data: Events[Each];
    /** W3C trace context of the request that caused it. */
    traceparent?: string;
  };
}[Type];

/** The owner of events, from the names of their types. */
export type OwnerOf<Events> = {
  [Name in SubgraphName]: keyof Events extends `tintype.${Name}.${string}` ? Name : never;
}[SubgraphName];

/** A pg client, or a Prisma transaction through `prismaExecutor`. */
export type SqlExecutor = { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };

export function sourceOf(owner: SubgraphName): string {
  return `/tintype/${owner}`;
}

/** The event itself is wrong, so no later attempt can succeed. It becomes a dead letter at once. */
export class UnprocessableEventError extends Error {
  override readonly name = 'UnprocessableEventError';
  readonly code = 'UNPROCESSABLE_EVENT';
}

/**
 * Another event has to be applied first and will arrive soon, for example because one consumer needs what another one
 * writes. The event is tried again as after any failure, but this is not a fault: nothing is logged as a warning, and
 * other events do not wait.
 */
export class EarlyEventError extends Error {
  override readonly name = 'EarlyEventError';
  readonly code = 'EARLY_EVENT';
}
