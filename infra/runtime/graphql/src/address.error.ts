/**
 * Why a call to an address failed. `refused`: nothing was sent. `lost`: the connection ended before the response.
 * `silent`: the process does not answer probes either. `doubtful`: a probe is late, and another address may be better.
 * `busy`: refused because of overload, there or here, before any work. `refusing`: the response was not a GraphQL
 * result.
 */
export type AddressErrorKind = 'refused' | 'lost' | 'silent' | 'doubtful' | 'busy' | 'refusing';

export class AddressError extends Error {
  override name = 'AddressError';
  readonly kind: AddressErrorKind;

  constructor(kind: AddressErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Whether the subgraph certainly did nothing. */
  get isUnsent(): boolean {
    return this.kind === 'refused' || this.kind === 'busy';
  }
}

/**
 * Error codes of Node and undici for a connection that was never made, or was closed before the whole request was
 * written.
 */
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

/** Classifies the error of a request. */
export function addressErrorOf(error: unknown): AddressError {
  if (error instanceof AddressError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new AddressError(REFUSED.has(code) ? 'refused' : 'lost', message, { cause: error });
}
