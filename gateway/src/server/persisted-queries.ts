import { LRUCache } from 'lru-cache';

/** A cache as Apollo Server wants it, which can also be looked at without waiting. */
export type PersistedQueries = {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
  delete(key: string): Promise<boolean>;
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
