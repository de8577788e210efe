const STORED_AS = 'tintype:access-token';
const listeners = new Set<() => void>();

/** The access token that is sent with requests, stored in this browser. */
export const token = {
  get: (): string => localStorage.getItem(STORED_AS) ?? '',
  set(value: string): void {
    if (value) localStorage.setItem(STORED_AS, value);
    else localStorage.removeItem(STORED_AS);
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
