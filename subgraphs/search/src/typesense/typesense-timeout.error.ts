/** The server did not respond within the time of the request. */
export class TypesenseTimeoutError extends Error {
  override name = 'TypesenseTimeoutError';
}
