import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { LRUCache } from 'lru-cache';

export type PersistedQueries = KeyValueCache<string> & {
  /** The text that was registered under this hash. */
  find(hash: string): string | undefined;
};

/** Characters of all texts together; a client that is forgotten sends its text again. */
const CHARACTERS = 8_000_000;
/** What Apollo Server puts before the hash. */
const PREFIX = 'apq:';

/** Automatic persisted queries of this process. Apollo Server registers a text after it was validated. */
export function createPersistedQueries(): PersistedQueries {
  const texts = new LRUCache<string, string>({ maxSize: CHARACTERS, sizeCalculation: (text) => text.length + 100 });
  return {
    find: (hash) => texts.get(PREFIX + hash),
    get: async (key) => texts.get(key),
    set: async (key, text) => void texts.set(key, text),
    delete: async (key) => texts.delete(key),
  };
}
