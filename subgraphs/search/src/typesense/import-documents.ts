import { type Client, Errors } from 'typesense';
import { RefusedDocumentsError, withoutBody } from './typesense.errors.ts';

/**
 * Writes documents in one request. They are given as an array, because the client does not report refused documents if
 * they are given as text.
 *
 * @throws RefusedDocumentsError, or errors of the client
 */
export async function importDocuments(
  client: Client,
  name: string,
  documents: readonly { id: string }[],
): Promise<void> {
  try {
    const collection = client.collections(name).documents();
    await withoutBody(collection.import([...documents], { action: 'upsert' }));
  } catch (error) {
    if (!(error instanceof Errors.ImportError)) throw error;
    // Results come in the order of the documents. Those of refused documents may lack the id.
    const results = error.importResults;
    const refused = documents.flatMap(({ id }, index) => {
      const result = results[index];
      return result?.success === true ? [] : [{ id, reason: result?.error ?? 'no answer' }];
    });
    throw new RefusedDocumentsError(name, refused);
  }
}
