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
