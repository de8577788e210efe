import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/**
 * A field of a generated document, with the fields below it. `on` is set if it is in a fragment on one type of a union.
 */
export type Asked = { name: string; type: GraphQLNamedType; args: Map<string, string>; below: Asked[]; on?: string };

/** Values for arguments, as GraphQL text, of which one is chosen. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** Arguments of which a field takes exactly one. */
const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = { post: ['id', 'link'], user: ['id', 'username'] };

export type Random = (below: number) => number;

/** Generates and changes query documents at random. */
export type DocumentMaker = {
  /** A query for its root field with the minimum below it. */
  start(): Asked[];
  /** The same with something added, removed or enlarged. The given document stays unchanged. */
  change(query: readonly Asked[]): Asked[];
};

/** The page sizes that are tried. */
const SIZES = ['1', '3', '10', '20', '50', '59', '100'];
/** A set of fields that occurs twice and is at least this long becomes a fragment. */
const FRAGMENT_LENGTH = 60;

export function createDocumentMaker(schema: GraphQLSchema, values: Values, random: Random): DocumentMaker {
  const pick = <One>(from: readonly One[]): One => from[random(from.length)]!;
  const root = schema.getQueryType()!;

  const ask = (field: GraphQLField<unknown, unknown>, on?: string): Asked | null => {
    const args = new Map<string, string>();
    const alternatives = ALTERNATIVES[field.name] ?? [];
    const chosen = field.args.length > 0 && alternatives.length > 0 ? pick(alternatives) : null;
    for (const arg of field.args) {
      const known = arg.name === 'first' ? SIZES : values[`${field.name}.${arg.name}`];
      if (alternatives.includes(arg.name)) {
        if (arg.name === chosen) args.set(arg.name, pick(known!));
      } else if (known && (isRequiredArgument(arg) || random(2) === 0)) args.set(arg.name, pick(known));
      else if (isRequiredArgument(arg)) return null;
    }
    const type = getNamedType(field.type);
    const asked: Asked = { name: field.name, type, args, below: [], ...(on && { on }) };
    if (isLeafType(type)) return asked;
    // Continues to the content of a page, because an edge alone costs nothing.
    const next = isObjectType(type)
      ? (type.getFields().edges ?? (/Edge$/.test(type.name) && type.getFields().node))
      : null;
    const below = next ? ask(next) : something(type);
    asked.below = below ? [below] : [];
    return asked;
  };

  const something = (type: GraphQLNamedType): Asked | null => {
    const one = isAbstractType(type) ? pick(schema.getPossibleTypes(type)) : type;
    if (!isObjectType(one)) return null;
    const fields = Object.values(one.getFields());
    // Half of them have fields of their own, although there are fewer of these.
    const wanted = random(2) === 0 ? fields.filter((field) => !isLeafType(getNamedType(field.type))) : fields;
    return ask(pick(wanted.length > 0 ? wanted : fields), isAbstractType(type) ? one.name : undefined);
  };

  const leavesOf = (type: GraphQLNamedType): Asked[] =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) =>
          isLeafType(getNamedType(field.type)) ? (ask(field) ?? []) : [],
        )
      : [];

  const all = (query: readonly Asked[]): Asked[] => query.flatMap((one) => [one, ...all(one.below)]);

  return {
    start() {
      for (;;) {
        const asked = ask(pick(Object.values(root.getFields())));
        if (asked) return [asked];
      }
    },
    change(query) {
      const changed = query.map(copy);
      const fields = all(changed);
      const composite = fields.filter(({ type }) => !isLeafType(type));
      const kind = random(12);
      if (kind === 0) {
        const more = ask(pick(Object.values(root.getFields())));
        if (more) changed.push(more);
      } else if (kind === 1 && fields.length > 3) {
        const parent = pick(composite);
        if (parent.below.length > 1) parent.below.splice(random(parent.below.length), 1);
      } else if (kind < 5) {
        const paged = fields.filter(({ type, args }) => args.has('first') || /Connection$/.test(type.name));
        if (paged.length > 0) pick(paged).args.set('first', pick(SIZES));
      } else if (kind === 10 && composite.length > 0) {
        const parent = pick(composite);
        parent.below.push(...leavesOf(parent.type));
      } else if (kind === 11 && composite.length > 0) {
        // The same field again, with an alias, under the same parent.
        const parent = pick(composite);
        if (parent.below.length > 0) parent.below.push(copy(pick(parent.below)));
      } else if (composite.length > 0) {
        const parent = pick(composite);
        const more = something(parent.type);
        if (more) parent.below.push(more);
      }
      return changed;
    },
  };
}

function copy(asked: Asked): Asked {
  return { ...asked, args: new Map(asked.args), below: asked.below.map(copy) };
}

/**
 * The text of a query, without its first word. Fields with the same name and other arguments get aliases, as in an
 * attack. Sets of fields that occur twice become fragments, and the sizes of large pages variables.
 */
export function print(query: readonly Asked[]): string {
  const counts = new Map<string, number>();
  const names = new Map<string, string>();
  const fragments: string[] = [];
  printFields(query, (set, type, whole) => {
    const key = `${type} ${whole}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return set;
  });
  const { text: body } = printFields(query, (set, type, whole) => {
    const key = `${type} ${whole}`;
    if (whole.length < FRAGMENT_LENGTH || counts.get(key)! < 2) return set;
    let name = names.get(key);
    if (!name) {
      name = `F${names.size}`;
      names.set(key, name);
      fragments.push(`fragment ${name} on ${type} { ${set} }`);
    }
    return `...${name}`;
  });
  const text = [`{ ${body} }`, ...fragments].join(' ');
  const sizes = [...new Set([...text.matchAll(/\$page(\d+)/g)].map(([, size]) => size!))];
  const declared = sizes.map((size) => `$page${size}: Int = ${size}`).join(', ');
  return declared ? `(${declared}) ${text}` : text;
}

/** The text for a set of fields of this type, given its text so far and its text without fragments. */
type OnSet = (set: string, type: string, whole: string) => string;

/** @returns the fields as returned by `onSet`, and without fragments */
function printFields(fields: readonly Asked[], onSet: OnSet): { text: string; whole: string } {
  const taken = new Set<string>();
  const parts = fields.flatMap((field, index) => {
    const args = [...field.args].map(([name, value]) => `${name}: ${valueText(name, value)}`).join(', ');
    const isTaken = taken.has(field.name);
    // The same field without arguments twice is one field.
    if (isTaken && !args && field.below.length === 0) return [];
    taken.add(field.name);
    const below = printFields(field.below, onSet);
    const put = (set: string): string => {
      const text = `${isTaken ? `a${index}: ` : ''}${field.name}${args && `(${args})`}${isLeafType(field.type) ? '' : ` { ${set} }`}`;
      return field.on ? `... on ${field.on} { ${isTaken ? text : `u${index}: ${text}`} }` : text;
    };
    if (field.below.length === 0) return [{ text: put('__typename'), whole: put('__typename') }];
    return [{ text: put(onSet(below.text, field.type.name, below.whole)), whole: put(below.whole) }];
  });
  return { text: parts.map(({ text }) => text).join(' '), whole: parts.map(({ whole }) => whole).join(' ') };
}

function valueText(name: string, value: string): string {
  return name === 'first' && value.length > 1 ? `$page${value}` : value;
}
