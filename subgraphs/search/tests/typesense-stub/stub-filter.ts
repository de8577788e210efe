type Fields = Readonly<Record<string, unknown>>;
type Matcher = (document: Fields) => boolean;

/**
 * Whether a document matches a filter. Supports what the driver writes, and throws an error for the rest of the filter
 * language.
 */
export function matcherOf(filter: string): Matcher {
  return filter === '' ? () => true : parse(tokensOf(filter));
}

/** Quoted values, signs, and words between them. */
function tokensOf(filter: string): string[] {
  const tokens = filter.match(/`[^`]*`|&&|\|\||:!=|:=|[()[\],:]|[^\s`&|()[\],:=!]+/g) ?? [];
  if (tokens.join('') !== filter.replace(/\s+(?=(?:[^`]*`[^`]*`)*[^`]*$)/g, ''))
    throw new Error(`cannot read ${filter}`);
  return tokens;
}

function parse(tokens: string[]): Matcher {
  const matcher = parseAny(tokens);
  if (tokens.length > 0) throw new Error(`not expected in a filter: ${tokens[0]}`);
  return matcher;
}

function parseAny(tokens: string[]): Matcher {
  const any = [parseAll(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    any.push(parseAll(tokens));
  }
  return (document) => any.some((part) => part(document));
}

function parseAll(tokens: string[]): Matcher {
  const all = [parseOne(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    all.push(parseOne(tokens));
  }
  return (document) => all.every((part) => part(document));
}

function parseOne(tokens: string[]): Matcher {
  const first = tokens.shift() ?? '';
  if (first === '(') {
    const inner = parseAny(tokens);
    if (tokens.shift() !== ')') throw new Error('a parenthesis is open');
    return inner;
  }
  const operator = tokens.shift() ?? '';
  if (![':', ':=', ':!='].includes(operator)) throw new Error(`no operator: ${operator}`);
  const values = new Set(parseValues(tokens));
  // For a list, any element.
  return (document) => [document[first]].flat().some((own) => values.has(String(own))) === (operator !== ':!=');
}

function parseValues(tokens: string[]): string[] {
  const first = tokens.shift() ?? '';
  if (first !== '[') return [unquoted(first)];
  const values: string[] = [];
  for (;;) {
    const token = tokens.shift();
    if (token === undefined) throw new Error('a list is open');
    if (token === ']') return values;
    if (token !== ',') values.push(unquoted(token));
  }
}

function unquoted(token: string): string {
  return token.startsWith('`') ? token.slice(1, -1) : token;
}
