import type { ServerResponse } from 'node:http';
import type { Viewer } from '@tintype/viewer';
import type { Result } from './event-stream.ts';
import type { SubscriptionDocument } from './subscription-document.ts';

/** An event that can be sent, with the version of its data. */
export type Filled = { result: Result; version: string; isMissing: boolean };

/**
 * One client with a subscription. There are thousands, nearly all of them idle, so they have no timers or signals of
 * their own. All times are in milliseconds since the epoch.
 */
export type Connection = {
  readonly response: ServerResponse;
  readonly viewer: Viewer;
  /** When its access token expires. */
  readonly expiresAt: number;
  readonly document: SubscriptionDocument;
  /** The subject of the subscription: see `EventSource`. */
  readonly subject: string;
  /** The variables that its document declares. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** How many tokens one event takes from the viewer's bucket. */
  readonly tokens: number;
  /** The version of the last event that was sent. */
  position: string;
  /** Objects that changed again while the last check read them, by id. */
  moved: ReadonlyMap<string, Filled>;
  /** Whether a check for changes is running or waiting. */
  isBusy: boolean;
  /** Whether another check is needed, because a signal arrived during this one. */
  again: boolean;
  /** When to check without a signal. */
  nextCheckAt: number;
  heartbeatAt: number;
  /** Checks since the last tick. */
  checks: number;
  /** Consecutive failed checks. */
  failures: number;
  /** How often the query of the next event has failed. */
  attempts: number;
  /** Since when the client does not read; 0 while it does. */
  stuckSince: number;
  isEnded: boolean;
};

/**
 * Why a stream ended. After the first two, the client needs another access token. After `suspended` and `not found`,
 * there is nothing to reconnect for. After the others, it may reconnect at once.
 */
export type EndReason = 'revoked' | 'expired' | 'suspended' | 'not found' | 'stuck' | 'drained' | 'gone';

/** Whether written data waits in this process, because the client or the network does not take it. */
export function isStuck({ response }: Connection): boolean {
  return response.writableNeedDrain;
}
