import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

// Server-sent events as graphql-sse wants them in its distinct connections mode:
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md

/** A result, in process or as it is on the wire. */
export type Result = {
  data?: ExecutionResult['data'];
  errors?: readonly GraphQLFormattedError[] | undefined;
};

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // nginx would keep events until its buffer is full.
  'x-accel-buffering': 'no',
  // Nothing comes after a stream on its connection, and a process that closes need not wait for it.
  connection: 'close',
} as const;

/** A comment: says nothing, and keeps what is idle open. */
export const HEARTBEAT = ':\n\n';

/** With an empty `data`, without which an EventSource would not tell its listeners. */
export const COMPLETE = 'event: complete\ndata: \n\n';

/**
 * The start of a stream: when to come back after its end, and the place to go on from, so that a client resumes even where it
 * was told of nothing.
 */
export function opening(position: string, retryMs: number): string {
  return `retry: ${retryMs}\nid: ${position}\n\n`;
}

/** @param id left out where there is no place to go on from */
export function next(result: Result, id?: string): string {
  const place = id === undefined ? '' : `id: ${id}\n`;
  return `event: next\n${place}data: ${JSON.stringify(result)}\n\n`;
}
