import {
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  type StringValueNode,
  visit,
} from 'graphql';

/**
 * The directives that clients and the gateway's limiter read, with descriptions for those that composition does not
 * describe.
 */
const DIRECTIVES = new Map<string, string | null>([
  ['allowedWhileSuspended', null],
  ['authenticated', null],
  ['idempotent', null],
  ['loginLimit', null],
  ['requiresScopes', null],
  [
    'cost',
    'What a field costs in addition to the objects that it returns, or what each object of a type costs; 1 by default.',
  ],
  [
    'listSize',
    'How many items a list has at most: the value of a slicing argument, or a fixed number. If there are `sizedFields`,\nthese fields of the returned object are the lists.',
  ],
]);

/** Their arguments that composition does not describe. */
const ARGUMENTS = new Map([
  ['weight', 'The cost, a whole number.'],
  ['assumedSize', 'The size if no slicing argument is given.'],
  ['slicingArguments', 'Arguments of the field whose value is the size.'],
  ['sizedFields', 'Fields of the returned object that are the lists.'],
  ['requireOneSlicingArgument', 'Whether exactly one slicing argument has to be given.'],
]);

const SENTENCE = 'Requires authentication.';

/**
 * Adds a sentence to the descriptions of fields that carry `@authenticated`. Introspection does not tell a client which
 * directives a field carries, and GraphiQL shows only the description.
 */
export function describeAuthentication(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition(node) {
      if (!node.directives?.some(({ name }) => name.value === 'authenticated')) return undefined;
      const { description } = node;
      const value = description ? `${description.value} ${SENTENCE}` : SENTENCE;
      return { ...node, description: { kind: Kind.STRING, value, block: description?.block ?? false } };
    },
  });
}

/**
 * The public schema as SDL. `printSchema` leaves out where directives are applied, so the public ones are added to its
 * text.
 */
export function printApi(schema: GraphQLSchema, supergraphSdl: string): string {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const applied = appliedDirectives(supergraph);
  const text = printSchema(schema);
  let api = '';
  let printed = 0;
  const append = (coordinate: string, { loc }: ASTNode) => {
    const directives = applied.get(coordinate)?.map((one) => ` ${print(one)}`) ?? [];
    api += text.slice(printed, loc!.end) + directives.join('');
    printed = loc!.end;
  };
  for (const type of parse(text).definitions) {
    if (!hasFields(type)) continue;
    append(type.name.value, type.interfaces?.at(-1) ?? type.name);
    for (const field of type.fields ?? []) append(`${type.name.value}.${field.name.value}`, field);
  }
  const definitions = supergraph.definitions.flatMap((one) => (isPublicDirective(one) ? print(describe(one)) : []));
  return `${[...definitions, api + text.slice(printed)].join('\n\n')}\n`;
}

/** The public directives of each type and field, by their coordinates. */
function appliedDirectives({ definitions }: DocumentNode): Map<string, readonly ConstDirectiveNode[]> {
  const applied = new Map<string, readonly ConstDirectiveNode[]>();
  const keep = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) =>
    applied.set(
      coordinate,
      directives.filter(({ name }) => DIRECTIVES.has(name.value)),
    );
  for (const type of definitions) {
    if (!hasFields(type)) continue;
    keep(type.name.value, type.directives);
    for (const field of type.fields ?? []) keep(`${type.name.value}.${field.name.value}`, field.directives);
  }
  return applied;
}

function hasFields(node: DefinitionNode): node is ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function isPublicDirective(node: DefinitionNode): node is DirectiveDefinitionNode {
  return node.kind === Kind.DIRECTIVE_DEFINITION && DIRECTIVES.has(node.name.value);
}

function describe(node: DirectiveDefinitionNode): DirectiveDefinitionNode {
  const value = DIRECTIVES.get(node.name.value);
  if (!value) return node;
  const args = node.arguments?.map((argument) => {
    const description = ARGUMENTS.get(argument.name.value);
    return description === undefined ? argument : { ...argument, description: text(description) };
  });
  return { ...node, description: text(value), ...(args && { arguments: args }) };
}

function text(value: string): StringValueNode {
  return { kind: Kind.STRING, value, block: true };
}
