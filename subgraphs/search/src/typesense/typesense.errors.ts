/** The server did not respond within the time of the request. */
export class TypesenseTimeoutError extends Error {
  override name = 'TypesenseTimeoutError';
}

/** Documents that the server refused, each with its reason. The others of the batch are written. */
export class RefusedDocumentsError extends Error {
  override name = 'RefusedDocumentsError';
  readonly refused: readonly { id: string; reason: string }[];

  constructor(name: string, refused: readonly { id: string; reason: string }[]) {
    const [first] = refused;
    super(`${refused.length} documents were refused by ${name}, such as ${first?.id}: ${first?.reason}`);
    this.refused = refused;
  }
}

/**
 * The client's errors contain the whole request, such as hundreds of captions or everybody whom somebody blocks. That
 * must not be logged.
 */
export async function withoutBody<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'httpBody' in error) error.httpBody = undefined;
    throw error;
  }
}
