/** Levels of objects and lists in what JSON carries. The deepest variables of our own operations have 4. */
export const JSON_LEVELS = 64;

/**
 * What a value that JSON carried has and we do not take; null where there is nothing. Half of a surrogate pair cannot be written as
 * UTF-8 and would be stored as other text than was sent. `__proto__` is a key like others in JSON, and sets the prototype of an
 * object that is copied by assignment. Deep values exhaust the stack of whoever walks them.
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
