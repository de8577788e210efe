import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/** A field of a document that is being made, with the fields below it. */
export type Asked = { name: string; type: GraphQLNamedType; args: Map<string, string>; below: Asked[]; on?: string };

/** What arguments are given: texts of GraphQL, of which one is chosen. */
export type Values = Readonly<Record<string, readonly string[]>>;

export type Random = (below: number) => number;

/** Makes and changes documents of queries, by chance. */
export type DocumentMaker = {
  /** A query for its root field alone, and what little that needs. */
  start(): Asked[];
  /** The same with something more, less or larger; the one that was given stays as it is. */
  change(query: readonly Asked[]): Asked[];
};

/** Sizes of pages that are tried. */
const SIZES = ['1', '3', '10', '20', '50', '100'];

export function createDocumentMaker(schema: GraphQLSchema, values: Values, random: Random): DocumentMaker {
  const pick = <One>(from: readonly One[]): One => from[random(from.length)]!;
  const root = schema.getQueryType()!;

  const ask = (field: GraphQLField<unknown, unknown>, on?: string): Asked | null => {
    const args = new Map<string, string>();
    for (const arg of field.args) {
      const known = arg.name === 'first' ? SIZES : values[`${field.name}.${arg.name}`];
      if (known && (isRequiredArgument(arg) || random(2) === 0)) args.set(arg.name, pick(known));
      else if (isRequiredArgument(arg)) return null;
    }
    const type = getNamedType(field.type);
    const asked: Asked = { name: field.name, type, args, below: [], ...(on && { on }) };
    if (isLeafType(type)) return asked;
    // Straight on to what a page holds: an edge alone costs nothing.
    const next = isObjectType(type)
      ? (type.getFields().edges ?? (/Edge$/.test(type.name) && type.getFields().node))
      : null;
    const below = next ? ask(next) : something(type);
    asked.below = below ? [below] : [];
    return asked;
  };

  const something = (type: GraphQLNamedType): Asked | null => {
    const one = isUnionType(type) ? pick(type.getTypes()) : type;
    if (!isObjectType(one)) return null;
    const fields = Object.values(one.getFields());
    // Half of them have fields of their own, though there are fewer of these.
    const wanted = random(2) === 0 ? fields.filter((field) => !isLeafType(getNamedType(field.type))) : fields;
    return ask(pick(wanted.length > 0 ? wanted : fields), isUnionType(type) ? one.name : undefined);
  };

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
      const kind = random(10);
      if (kind === 0) {
        const more = ask(pick(Object.values(root.getFields())));
        if (more) changed.push(more);
      } else if (kind === 1 && fields.length > 3) {
        const parent = pick(composite);
        if (parent.below.length > 1) parent.below.splice(random(parent.below.length), 1);
      } else if (kind < 5) {
        const paged = fields.filter(({ type, args }) => args.has('first') || /Connection$/.test(type.name));
        if (paged.length > 0) pick(paged).args.set('first', pick(SIZES));
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

/** The text of a query. Fields of one name with other arguments get names of their own, as they would in an attack. */
export function print(query: readonly Asked[]): string {
  return `{ ${printFields(query)} }`;
}

function printFields(fields: readonly Asked[]): string {
  const taken = new Set<string>();
  return fields
    .flatMap((field, index) => {
      const args = [...field.args].map(([name, value]) => `${name}: ${value}`).join(', ');
      const isTaken = taken.has(field.name);
      // What is asked twice without arguments is one thing.
      if (isTaken && !args && field.below.length === 0) return [];
      taken.add(field.name);
      const below =
        field.below.length > 0 ? ` { ${printFields(field.below)} }` : isLeafType(field.type) ? '' : ' { __typename }';
      const text = `${isTaken ? `a${index}: ` : ''}${field.name}${args && `(${args})`}${below}`;
      return [field.on ? `... on ${field.on} { ${isTaken ? text : `u${index}: ${text}`} }` : text];
    })
    .join(' ');
}
