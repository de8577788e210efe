/** No answer of the server within the time that the request had. */
export class TypesenseTimeoutError extends Error {
  override name = 'TypesenseTimeoutError';
}
