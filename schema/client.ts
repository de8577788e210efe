import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { CreateUploadDocument, type UploadPurpose } from './generated/operations/graphql.ts';

/** A generated document: the text of an operation, with the types of its variables and its result. */
export type TypedDocument<Data, Variables> = DocumentTypeDecoration<Data, Variables> & { toString(): string };

type GraphQLErrorShape = { message: string; path?: (string | number)[]; extensions?: { code?: string } };

/** The response has errors. Mistakes that a person can correct are in the `errors` of a payload instead. */
export class GraphError extends Error {
  override name = 'GraphError';
  readonly status: number;
  readonly errors: GraphQLErrorShape[];

  constructor(status: number, errors: GraphQLErrorShape[]) {
    super(errors.map((error) => error.message).join('; ') || `status ${status}`);
    this.status = status;
    this.errors = errors;
  }
}

/** An upload was refused. The message is that of the mutation or of the object store. */
export class UploadError extends Error {
  override name = 'UploadError';
}

export type PhotoFile = { bytes: Uint8Array<ArrayBuffer>; contentType: string };

export type TintypeClient = {
  /** Resolves to the data of a response without errors, so no result of a mutation in it is null. @throws GraphError */
  request<Data, Variables>(document: TypedDocument<Data, Variables>, variables: Variables): Promise<Data>;
  /**
   * Sends the files at the same time. Resolves to the IDs of their uploads, in the same order.
   *
   * @throws UploadError, GraphError
   */
  upload(files: readonly PhotoFile[], purpose?: UploadPurpose): Promise<string[]>;
  /** A client of the same endpoint for another viewer; null is a visitor. */
  as(accessToken: string | null): TintypeClient;
};

/** A small client: the demo data, the tests and the benchmarks use it, and an app can start from it. */
export function createClient(endpoint: string, accessToken: string | null = null): TintypeClient {
  const request: TintypeClient['request'] = async <Data, Variables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const body = (await response.json()) as { data?: Data; errors?: GraphQLErrorShape[] };
    if (body.errors?.length || !body.data) throw new GraphError(response.status, body.errors ?? []);
    return body.data;
  };
  return {
    request,
    as: (token) => createClient(endpoint, token),
    async upload(files, purpose = 'POST') {
      const asked = files.map(({ bytes, contentType }) => ({ contentType, byteSize: bytes.byteLength }));
      const answer = await request(CreateUploadDocument, { input: { files: asked, purpose } });
      const { errors, uploads } = answer.createUpload!;
      if (errors.length > 0) throw new UploadError(errors.map((error) => error.message).join('; '));
      await Promise.all(uploads.map((upload, index) => sendForm(upload, files[index]!)));
      return uploads.map((upload) => upload.id);
    },
  };
}

type Form = { url: string; fields: { name: string; value: string }[] };

async function sendForm({ url, fields }: Form, { bytes, contentType }: PhotoFile): Promise<void> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  // The store ignores fields after the file, so the file is last.
  form.append('file', new Blob([bytes], { type: contentType }));
  const response = await fetch(url, { method: 'POST', body: form, signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new UploadError(`The object store answered ${response.status}: ${await response.text()}`);
}
