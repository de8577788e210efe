/** One word, or a prefix. */
export function term(word: string, isPrefix = false): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'${isPrefix ? ':*' : ''}`;
}

export function anyOf(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `(${parts.join(' | ')})`;
}

export function allOf(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `(${parts.join(' & ')})`;
}

/** A tsvector without positions, as text. */
export function vector(words: readonly string[]): string {
  return words.map((word) => term(word)).join(' ');
}
