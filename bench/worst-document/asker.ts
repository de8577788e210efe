import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends a query to the gateway as the reader or a visitor. Returns milliseconds and the answer, or null if validation
 * refused the document.
 */
export type Asker = (
  text: string,
  isVisitors: boolean,
  variables?: Record<string, unknown>,
) => Promise<{ ms: number; data: unknown } | null>;

const TRIES = 5;

/** An overloaded gateway is called again. @throws Error on any other answer */
export function createAsker(url: string, token: string): Asker {
  return async (text, isVisitors, variables = {}) => {
    const headers = { 'content-type': 'application/json', ...(!isVisitors && { authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ query: text, variables });
    for (let tries = 1; ; tries++) {
      const began = performance.now();
      const response = await fetch(url, { method: 'POST', headers, body });
      const answer = await response.text();
      const ms = performance.now() - began;
      if (response.status === 200 || response.status === 504) return { ms, data: JSON.parse(answer).data };
      if (response.status === 400) return null;
      // A gateway that got too little processor time reports that it is overloaded.
      if (response.status !== 503 || tries === TRIES) {
        throw new Error(`The gateway answered ${response.status} to ${text}: ${answer}`);
      }
      await sleep(1000);
    }
  };
}
