/**
 * Why an address did not answer a call. `refused`: nothing was sent. `lost`: the connection ended before an answer came. `silent`: the
 * process does not answer probes either. `doubtful`: it is late to answer one, and another address may know better. `busy`: it, or we, refused for overload before any work. `refusing`: it answered with something
 * that is no result.
 */
export type AddressErrorKind = 'refused' | 'lost' | 'silent' | 'doubtful' | 'busy' | 'refusing';

export class AddressError extends Error {
  override name = 'AddressError';
  readonly kind: AddressErrorKind;

  constructor(kind: AddressErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Whether the subgraph certainly did nothing of what it was asked. */
  get isUnsent(): boolean {
    return this.kind === 'refused' || this.kind === 'busy';
  }
}

/** Codes of Node and undici for a connection that was never made, or was closed before all of the request was written to it. */
const REFUSED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'EPIPE',
]);

/** What the error of a request means. */
export function addressErrorOf(error: unknown): AddressError {
  if (error instanceof AddressError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new AddressError(REFUSED.has(code) ? 'refused' : 'lost', message, { cause: error });
}
