import type { Language } from '@tintype/language';

/** What a person receives outside the app. */
export type Message = {
  /** A message replaces an unread one with the same tag. At most 32 letters of base64url. */
  tag: string;
  /** Of the lines, and of what a channel adds to them. */
  language: Language;
  /** Sentences, newest first. */
  lines: readonly string[];
  /** How many notifications there are beyond the lines. */
  more: number;
  /** The page that a tap on the message opens. */
  url: string;
};

/**
 * `expired`: the destination no longer exists. `refused`: the destination will never accept this message. `retry`: try
 * again, after `afterMs` if the other side named a time. With `isOutage` the failure says nothing about the message and
 * does not count as an attempt.
 */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  | { kind: 'expired' }
  | { kind: 'refused'; reason: string }
  | { kind: 'retry'; reason: string; afterMs?: number; isOutage?: boolean };

/** One way to reach people outside the app. */
export type Channel<Destination> = {
  /** Never rejects. A message without an answer counts as `retry`, so that it may arrive twice but is not lost. */
  deliver(destination: Destination, message: Message): Promise<DeliveryOutcome>;
};
