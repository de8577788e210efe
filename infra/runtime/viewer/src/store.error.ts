/** Why a store did not answer, as clients are told it. */
export const STORE_ERRORS = {
  TIMEOUT: 'This took longer than the request may take. Try again in a moment.',
  DATABASE_TIME_EXCEEDED: 'The request has used up its database time. Ask for less at once.',
  OVERLOADED: 'There is too much to do at the moment. Try again in a moment.',
  UNAVAILABLE: 'This is not available at the moment. Try again in a moment.',
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

/** A store did not answer in time, is away, or may not be asked for this request any more. Not a fault of the code that asked. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreErrorCode;
  /** Whether it says nothing of what was asked: see `isOutage`. */
  readonly isOutage: boolean;

  constructor(code: StoreErrorCode, options?: ErrorOptions) {
    super(STORE_ERRORS[code], options);
    this.code = code;
    this.isOutage = code === 'UNAVAILABLE' || code === 'OVERLOADED';
  }
}
