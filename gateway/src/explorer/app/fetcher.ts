import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST } from 'graphql';
import { createClient, type RequestParams } from 'graphql-sse';
import { token } from './token.ts';

type AuthPayloads = Record<string, { accessToken?: string | null } | null>;

const events = createClient({ url: '/events', retryAttempts: 5, headers: () => authorization(token.get()) });

function authorization(bearer: string): Record<string, string> {
  return bearer ? { authorization: `Bearer ${bearer}` } : {};
}

/** Posts an operation with the token of the box; what a log-in answers goes into the box. */
export async function post(params: FetcherParams): Promise<ExecutionResult> {
  // The schema is everybody's: it shows even when the token in the box has expired.
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

/** Posts queries and mutations, and listens to subscriptions until GraphiQL stops them. */
export const fetcher: Fetcher = (params, options) => {
  const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
  return operation?.operation === 'subscription' ? events.iterate(params as RequestParams) : post(params);
};
