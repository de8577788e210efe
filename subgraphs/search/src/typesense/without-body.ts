/**
 * The client's errors carry the whole request: hundreds of captions, or everybody whom someone blocks. None of it belongs in a log.
 */
export async function withoutBody<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'httpBody' in error) error.httpBody = undefined;
    throw error;
  }
}
