import type { ServerResponse } from 'node:http';
import type { Viewer } from '@tintype/viewer';
import type { Result } from './event-stream.ts';
import type { SubscriptionDocument } from './subscription-document.ts';

/** An event as it can be sent, with the version that its data shows. */
export type Filled = { result: Result; version: string; isMissing: boolean };

/**
 * One client that listens. There are thousands, nearly all of them idle: no timers, no signals, nothing that is not looked at.
 * All times in milliseconds since the epoch.
 */
export type Connection = {
  readonly response: ServerResponse;
  readonly viewer: Viewer;
  /** When its access token is no longer good. */
  readonly expiresAt: number;
  readonly document: SubscriptionDocument;
  /** What the subscription is about; see `EventSource`. */
  readonly subject: string;
  /** Those that its document declares. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Tokens that one event takes of the viewer's bucket. */
  readonly tokens: number;
  /** The version of the last event that was sent. */
  position: string;
  /** Objects that changed again while the last look read them, by their ids. */
  moved: ReadonlyMap<string, Filled>;
  /** Whether it is being looked at, or waits for that. */
  isBusy: boolean;
  /** Whether it must be looked at once more, because a signal came while it was. */
  again: boolean;
  /** When it is looked at without a signal. */
  nextCheckAt: number;
  heartbeatAt: number;
  /** Looks since the last tick. */
  checks: number;
  /** Looks that failed one after another. */
  failures: number;
  /** Times that the next event could not be filled in. */
  attempts: number;
  /** Since when it takes nothing; 0 where it does. */
  stuckSince: number;
  isEnded: boolean;
};

/**
 * Why a stream ended. After the first two the client needs another access token, and after `not found` there is nothing to come back for.
 * After the others it may come back at once.
 */
export type EndReason = 'revoked' | 'expired' | 'not found' | 'stuck' | 'drained' | 'gone';

/** Whether what was written waits in this process, because the client or the network takes nothing. */
export function isStuck({ response }: Connection): boolean {
  return response.writableNeedDrain;
}
