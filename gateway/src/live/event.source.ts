import type { Viewer } from '@tintype/viewer';
import type { GraphQLSchema } from 'graphql';

/**
 * What a subscription is about: a subject, such as the decimal ID of a post, as the viewer sees it. Signals name the
 * subject.
 */
export type Topic = { viewer: Viewer; subject: string };

/** An object that changed, with its latest version. */
export type Change = { id: string; version: string };

/** An error that tells a client why its subscription ended. */
export type EndError = { code: string; message: string };

/**
 * Where the events of one field of `Subscription` come from. Signals only say when to check for changes: the owner is
 * asked what changed. Each event has a version, and the version of the last event is the position from which a client
 * continues.
 */
export type EventSource = {
  /** The field of `Subscription`. */
  field: string;
  /**
   * The field of `Query` that an event shows. It takes the arguments of `field`. If `field` has none, it takes the `id`
   * of the object that changed.
   */
  queryField: string;
  /** The field of that object that contains its version. */
  versionField: string;
  /** The subgraph whose signals announce changes. */
  owner: string;
  /** What to do if the object of an event is not there: continue after the change, or check for changes again. */
  missingObject: 'skip' | 'check again';
  /** @param args the coerced arguments of `field` */
  subjectOf(viewer: Viewer, args: Readonly<Record<string, unknown>>): string;
  /** The ID of an event on the wire; empty for the position before all events. */
  eventIdOf(subject: string, version: string): string;
  /** The version of an event that a client has received; null if no event has this ID. */
  versionOf(subject: string, eventId: string): string | null;
  /** Negative if `one` is older than `other`, positive if it is newer. */
  compare(one: string, other: string): number;
  /** The position of a client that connects without the ID of an event. @throws SubgraphError */
  start(topic: Topic, requestId: string): Promise<string>;
  /**
   * The changes after this version, oldest first, at most `first`; or the error with which the subscription ends.
   *
   * @throws SubgraphError
   */
  changesAfter(
    topic: Topic,
    requestId: string,
    version: string,
    first: number,
  ): Promise<{ changes: readonly Change[] } | { endError: EndError }>;
};

/** The sources of all fields of `Subscription`. @throws Error if a field has no source */
export function sourcesOf(schema: GraphQLSchema, sources: readonly EventSource[]): EventSource[] {
  return Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).map((field) => {
    const source = sources.find((one) => one.field === field);
    if (!source) throw new Error(`Subscription.${field} has no source of events.`);
    return source;
  });
}
