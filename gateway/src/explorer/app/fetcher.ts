import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST } from 'graphql';
import { createClient, type RequestParams } from 'graphql-sse';
import { token } from './token.ts';

type AuthPayloads = Record<string, { accessToken?: string | null } | null>;

const events = createClient({ url: '/events', retryAttempts: 5, headers: () => authorization(token.get()) });

function authorization(bearer: string): Record<string, string> {
  return bearer ? { authorization: `Bearer ${bearer}` } : {};
}

/** Sends an operation with the token in the box. A token in the response of a login is put into the box. */
export async function post(params: FetcherParams): Promise<ExecutionResult> {
  // The schema is public, so it is shown even if the token in the box has expired.
  const bearer = params.operationName === 'IntrospectionQuery' ? '' : token.get();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(bearer) },
    body: JSON.stringify(params),
  });
  const result = (await response.json()) as { data?: AuthPayloads | null };
  const fresh = Object.values(result.data ?? {}).find((payload) => payload?.accessToken)?.accessToken;
  if (fresh) token.set(fresh);
  return result as ExecutionResult;
}

/** Sends queries and mutations, and receives events of subscriptions until GraphiQL stops them. */
export const fetcher: Fetcher = (params, options) => {
  const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
  return operation?.operation === 'subscription' ? events.iterate(params as RequestParams) : post(params);
};
