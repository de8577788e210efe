/** How long a person may take from the app's request to their answer. */
export const INTERACTION_S = 10 * 60;

/** What an authorization request asked for, while the person decides. Kept for `INTERACTION_S`. */
export function interactionKey(id: string): string {
  return `user:authorization-interaction:v1:{${id}}`;
}

/** Joins the requests of a browser during an authorization. Kept for `INTERACTION_S`, and names nobody. */
export function sessionKey(id: string): string {
  return `user:authorization-session:v1:{${id}}`;
}
