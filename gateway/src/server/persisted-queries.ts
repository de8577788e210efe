import { createHash } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import type { RequestContext } from './context.ts';
import type { Parameters } from './parameters.ts';

/** The automatic persisted queries of this process. */
export type PersistedQueries = {
  /**
   * The text that a request wants to run, given directly or by its hash.
   *
   * @throws GatewayError BAD_REQUEST, PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_HASH_MISMATCH
   */
  resolve(parameters: Pick<Parameters, 'query' | 'hash'>): string;
  /** Stores a valid text under its hash. */
  register(hash: string, query: string): void;
};

/** Characters of all texts together. A client whose text was dropped sends it again. */
const CHARACTERS = 8_000_000;

export function createPersistedQueries(): PersistedQueries {
  const texts = new LRUCache<string, string>({ maxSize: CHARACTERS, sizeCalculation: (text) => text.length + 100 });
  return {
    resolve({ query, hash }) {
      if (query === undefined) {
        if (hash === undefined) throw new GatewayError('BAD_REQUEST', 'Send an operation in the parameter query.');
        const text = texts.get(hash);
        // Clients compare the message as well as the code.
        if (text === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
        return text;
      }
      if (hash !== undefined && createHash('sha256').update(query).digest('hex') !== hash)
        throw new GatewayError('PERSISTED_QUERY_HASH_MISMATCH', 'The hash is not the SHA-256 of the query.');
      return query;
    },
    register: (hash, query) => void texts.set(hash, query),
  };
}

/** Stores texts only after validation, so that only operations of the schema take space. */
export function createRegistrationPlugin(persisted: PersistedQueries): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue: { hash }, source }) {
          if (hash !== undefined) persisted.register(hash, source);
        },
      };
    },
  };
}
