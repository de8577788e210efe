/** What somebody is told outside the app. */
export type Message = {
  /** What replaces what: a message with the tag of one that was not looked at yet takes its place. At most 32 letters of base64url. */
  tag: string;
  /** Sentences, the newest first. */
  lines: readonly string[];
  /** How many more there are than lines. */
  more: number;
  /** What a tap on it opens. */
  url: string;
};

/**
 * `gone`: the place is there no more. `refused`: it will never take this one. `later`: try again, after `afterMs` where it said when; with
 * `isOutage` it says nothing about the message, and counts as no try.
 */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'gone' }
  | { kind: 'refused'; reason: string }
  | { kind: 'later'; reason: string; afterMs?: number; isOutage?: boolean };

/** One way to reach people outside the app. */
export type Channel<Place> = {
  /** Never rejects. What ends without an answer counts as `later`, so that a message may arrive twice but is not lost. */
  deliver(place: Place, message: Message): Promise<Outcome>;
};
