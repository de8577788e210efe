import { type Client, Errors } from 'typesense';
import { RefusedDocumentsError } from './refused-documents.error.ts';
import { withoutBody } from './without-body.ts';

/**
 * Writes documents whole, in one request. As an array: given as text, the client says nothing of documents that were refused.
 *
 * @throws RefusedDocumentsError, or as the client does
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
    // Answers come in the order of the documents, and those of refused ones need not name them.
    const results = error.importResults;
    const refused = documents.flatMap(({ id }, index) => {
      const result = results[index];
      return result?.success === true ? [] : [{ id, reason: result?.error ?? 'no answer' }];
    });
    throw new RefusedDocumentsError(name, refused);
  }
}
