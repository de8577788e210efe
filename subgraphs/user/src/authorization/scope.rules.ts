/**
 * What a person can let an app do. The messages `scope.*` complete the sentence "The app may …" on the page where they
 * decide. The SDL names the scopes in `@requiresScopes`.
 */
export const SCOPES = [
  'openid',
  'profile',
  'read',
  'read:account',
  'read:notifications',
  'write:posts',
  'write:engagement',
  'write:relationships',
  'write:notifications',
  'write:profile',
] as const;

export type Scope = (typeof SCOPES)[number];

const KNOWN: ReadonlySet<string> = new Set(SCOPES);

export function isScope(text: string): text is Scope {
  return KNOWN.has(text);
}

/** The scopes in a request, each once. Unknown ones are left out, as the specification allows. */
export function scopesOf(text: string): Scope[] {
  return [...new Set(text.split(' '))].filter(isScope);
}
