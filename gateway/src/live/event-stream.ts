import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { SECURITY_HEADERS } from '#server/security-headers.ts';

// Server-sent events in the distinct connections mode of graphql-sse:
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md

/** A result, in process or as JSON. */
export type Result = {
  data?: ExecutionResult['data'];
  errors?: readonly GraphQLFormattedError[] | undefined;
};

export const EVENT_STREAM_HEADERS = {
  ...SECURITY_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // By default, nginx holds events back until its buffer is full.
  'x-accel-buffering': 'no',
  // A stream is the last response on its connection, so a process that closes need not wait for it.
  connection: 'close',
} as const;

/** A comment, which keeps idle connections open. */
export const HEARTBEAT = ':\n\n';

/** With an empty `data`, because an EventSource ignores events without it. */
export const COMPLETE = 'event: complete\ndata: \n\n';

/**
 * The start of a stream: when to connect again after its end, and the ID from which to continue, so that a client that
 * received no event continues as well.
 *
 * @param id empty if there is nothing to continue from
 */
export function opening(id: string, retryMs: number): string {
  return `retry: ${retryMs}\n${idLine(id)}\n`;
}

/** @param id empty if there is nothing to continue from */
export function next(result: Result, id = ''): string {
  return `event: next\n${idLine(id)}data: ${JSON.stringify(result)}\n\n`;
}

function idLine(id: string): string {
  return id === '' ? '' : `id: ${id}\n`;
}
