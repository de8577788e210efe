import { STORE_ERRORS, type StoreErrorCode, type Viewer } from '@tintype/viewer';

/**
 * Codes for wrong use of the protocol, and for what is impossible at the moment. Mistakes that a person can correct are
 * user errors in the payload instead.
 */
export const REQUEST_ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'INSUFFICIENT_SCOPE',
  'BAD_CURSOR',
  'BAD_PAGE_SIZE',
  'PAGE_TOO_DEEP',
  'BAD_ID',
  'BAD_USER_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  ...(Object.keys(STORE_ERRORS) as StoreErrorCode[]),
] as const;
export type RequestErrorCode = (typeof REQUEST_ERROR_CODES)[number];

/** Reaches the client as it is, with its code in `extensions`. All other errors are masked and logged. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The message of masked errors. */
export const MASKED_MESSAGE = 'Something went wrong on our side.';

/** An entry of a payload's `errors`. `path` is the position in the input. */
export type UserError<Code extends string = string> = { code: Code; message: string; path: string[] };

export function userError<Code extends string>(
  code: Code,
  message: string,
  ...path: (string | number)[]
): UserError<Code> {
  return { code, message, path: path.map(String) };
}

/** @throws RequestError UNAUTHENTICATED for a visitor */
export function requireViewer(context: { viewer: Viewer | null }): Viewer {
  if (!context.viewer) throw new RequestError('UNAUTHENTICATED', 'Log in and send the access token as a bearer token.');
  return context.viewer;
}
