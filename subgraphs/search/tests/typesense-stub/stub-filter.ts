type Condition = { field: string; negated: boolean; values: string[] };
type Node = Condition | { all: Node[] } | { any: Node[] };

/** Whether a document has what a filter asks for: the part of the filter language that the driver writes, and an error for the rest. */
export function matches(document: Readonly<Record<string, unknown>>, filter: string): boolean {
  return filter === '' || holds(document, parse(tokensOf(filter)));
}

function holds(document: Readonly<Record<string, unknown>>, node: Node): boolean {
  if ('all' in node) return node.all.every((part) => holds(document, part));
  if ('any' in node) return node.any.some((part) => holds(document, part));
  const own = String(document[node.field]);
  return node.values.includes(own) !== node.negated;
}

/** Quoted values, signs, and words between them. */
function tokensOf(filter: string): string[] {
  const tokens = filter.match(/`[^`]*`|&&|\|\||:!=|:=|[()[\],:]|[^\s`&|()[\],:=!]+/g) ?? [];
  if (tokens.join('') !== filter.replace(/\s+(?=(?:[^`]*`[^`]*`)*[^`]*$)/g, ''))
    throw new Error(`cannot read ${filter}`);
  return tokens;
}

function parse(tokens: string[]): Node {
  const node = parseAny(tokens);
  if (tokens.length > 0) throw new Error(`not expected in a filter: ${tokens[0]}`);
  return node;
}

function parseAny(tokens: string[]): Node {
  const any = [parseAll(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    any.push(parseAll(tokens));
  }
  return { any };
}

function parseAll(tokens: string[]): Node {
  const all = [parseOne(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    all.push(parseOne(tokens));
  }
  return { all };
}

function parseOne(tokens: string[]): Node {
  const first = tokens.shift() ?? '';
  if (first === '(') {
    const inner = parseAny(tokens);
    if (tokens.shift() !== ')') throw new Error('a parenthesis is open');
    return inner;
  }
  const operator = tokens.shift() ?? '';
  if (![':', ':=', ':!='].includes(operator)) throw new Error(`no operator: ${operator}`);
  return { field: first, negated: operator === ':!=', values: parseValues(tokens) };
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
