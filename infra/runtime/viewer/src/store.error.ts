/** Why a store did not respond, as clients learn it. */
export const STORE_ERRORS = {
  TIMEOUT: 'This took longer than the request may take. Try again in a moment.',
  DATABASE_TIME_EXCEEDED: 'The request has used up its database time. Ask for less at once.',
  OVERLOADED: 'There is too much to do at the moment. Try again in a moment.',
  UNAVAILABLE: 'This is not available at the moment. Try again in a moment.',
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

/**
 * A store did not respond in time, is unavailable, or must not be used any more by this request. Not a bug in the
 * caller.
 */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreErrorCode;
  /** It says nothing about the work itself: see `isOutage`. */
  readonly isOutage: boolean;

  constructor(code: StoreErrorCode, options?: ErrorOptions) {
    super(STORE_ERRORS[code], options);
    this.code = code;
    this.isOutage = code === 'UNAVAILABLE' || code === 'OVERLOADED';
  }
}
