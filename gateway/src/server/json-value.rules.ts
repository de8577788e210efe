/** Nested objects and lists in a JSON value. The deepest variables of our own operations have 4 levels. */
export const JSON_LEVELS = 64;

/**
 * Finds something in a JSON value that is refused; null if there is nothing. Half of a surrogate pair cannot be written
 * as UTF-8, and would be stored as another text. `__proto__` is an ordinary key in JSON, but sets the prototype of an
 * object that is copied by assignment. Deep values overflow the stack of recursive code.
 */
export function faultOf(value: unknown): string | null {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one === 'string' && !one.isWellFormed()) return HALF_PAIR;
      if (typeof one !== 'object' || one === null) continue;
      if (depth >= JSON_LEVELS) return `more than ${JSON_LEVELS} levels of objects and lists`;
      if (!Array.isArray(one)) {
        const keys = Object.keys(one);
        if (keys.includes('__proto__')) return 'the key __proto__, which is not accepted';
        if (!keys.every((key) => key.isWellFormed())) return HALF_PAIR;
      }
      for (const inner of Object.values(one)) next.push(inner);
    }
    level = next;
  }
  return null;
}

const HALF_PAIR = 'half of a surrogate pair in a string, which is no character';
