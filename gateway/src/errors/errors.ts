import { REQUEST_ERROR_CODES } from '@tintype/graphql';
import type { SourceLocation } from 'graphql';

/**
 * Every error code of the gateway itself, with its HTTP status. Codes of subgraphs pass through, too (`PASSED_CODES`).
 * All other errors are masked.
 */
export const ERRORS = {
  // The client of a persisted query then sends the whole text, so this is not its fault.
  PERSISTED_QUERY_NOT_FOUND: 200,
  BAD_REQUEST: 400,
  BAD_EVENT_ID: 400,
  BAD_IDEMPOTENCY_KEY: 400,
  PERSISTED_QUERY_HASH_MISMATCH: 400,
  GRAPHQL_PARSE_FAILED: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  QUERY_TOO_LONG: 400,
  QUERY_TOO_DEEP: 400,
  QUERY_TOO_LARGE: 400,
  QUERY_TOO_COSTLY: 400,
  TOO_MANY_ALIASES: 400,
  TOO_MANY_DIRECTIVES: 400,
  TOO_MANY_ROOT_FIELDS: 400,
  FRAGMENT_CYCLE: 400,
  UNAUTHENTICATED: 401,
  INSUFFICIENT_SCOPE: 403,
  ACCOUNT_SUSPENDED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  TOO_MANY_CONNECTIONS: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL_SERVER_ERROR: 500,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const;

export type GatewayErrorCode = keyof typeof ERRORS;

/** On every 503, unless the error knows better. */
const RETRY_AFTER = { 'retry-after': '1' };

/** A request is answered before it reaches the graph, with this code, the code's status and these headers. */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The position of a syntax error in the document. */
  readonly locations: readonly SourceLocation[] | undefined;
  /** Sent with the code. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: GatewayErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    details: { locations?: readonly SourceLocation[] | undefined; extensions?: object | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.status = ERRORS[code];
    this.headers = this.status === 503 ? { ...RETRY_AFTER, ...headers } : headers;
    this.locations = details.locations;
    this.extensions = { ...details.extensions };
  }
}

/**
 * Codes whose messages are written for clients: those of Apollo Server about the document, and those of subgraphs about
 * the request.
 */
export const PASSED_CODES: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  ...REQUEST_ERROR_CODES,
]);
