import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import {
  buildSchema,
  type GraphQLSchema,
  introspectionFromSchema,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  printSchema,
  stripIgnoredCharacters,
} from 'graphql';
import { internalOperations, internalText } from './internal.ts';
import { listIdTypes, listNodeTypes, serviceSdl } from './nodes.ts';
import {
  SERVICES,
  type ServiceName,
  SUBGRAPHS,
  type SubgraphManifest,
  type SubgraphName,
  schemaOf,
  subgraphManifest,
} from './subgraphs.ts';

const root = new URL('../', import.meta.url);

function write(path: string, text: string): void {
  const url = new URL(path, root);
  mkdirSync(dirname(fileURLToPath(url)), { recursive: true });
  writeFileSync(url, text);
}

/** The resolver types of one service. A resolver that is missing or does not fit the SDL does not compile. */
async function generateResolverTypes(name: ServiceName): Promise<void> {
  const { models, context, folder } = await serviceOf(name);
  const mappers = Object.fromEntries(Object.entries(models).map(([type, path]) => [type, `../${path}`]));
  const text = await codegen({
    filename: 'graphql.ts',
    schema: parse(serviceSdl(name)),
    documents: [],
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers: typescriptResolvers },
    config: {
      federation: true,
      contextType: `../${context}#Context`,
      mappers,
      enumsAsTypes: true,
      useTypeImports: true,
      scalars: {
        ID: { input: 'string', output: '@tintype/ids#GlobalId' },
        Snowflake: 'bigint',
        DateTime: 'Date',
      },
      maybeValue: 'T | null | undefined',
      avoidOptionals: { field: false, inputValue: false, object: false, defaultValue: true },
    },
  });
  // Only fields of the gateway return the interface Node.
  const unused = name === 'gateway' ? 'never' : "'Node'";
  const complete = `import type { Complete } from '@tintype/graphql';
export type CompleteResolvers = Complete<Resolvers, ResolversParentTypes, ${unused}>;
`;
  write(`${folder}/src/generated/graphql.ts`, `${text}\n${complete}`);
}

async function serviceOf(
  name: ServiceName,
): Promise<{ models: SubgraphManifest['models']; context: string; folder: string }> {
  if (name === 'gateway') return { models: GATEWAY_MODELS, context: 'node/node.context.ts', folder: 'gateway' };
  const { models } = await subgraphManifest(name);
  return { models, context: 'context.ts', folder: `subgraphs/${name}` };
}

const GATEWAY_MODELS = { Node: 'node/node.rules.ts#FoundNode' };

/** Typed documents of the example operations, as an app would generate them for its own, and the introspection JSON. */
async function generateClient(): Promise<void> {
  const sdl = readFileSync(new URL('schema/api.graphql', root), 'utf8');
  const schema = buildSchema(sdl);
  write('schema/generated/introspection.json', JSON.stringify(introspectionFromSchema(schema), null, 2));
  const operations = new URL('schema/operations/', root);
  const documents = readdirSync(operations)
    .filter((file) => file.endsWith('.graphql'))
    .map((location) => {
      const rawSDL = readFileSync(new URL(location, operations), 'utf8');
      return { location, rawSDL, document: parse(rawSDL) };
    });
  const baseOutputDir = 'schema/generated/operations/';
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir,
    schema: parse(sdl),
    schemaAst: schema,
    documents,
    config: { documentMode: 'string', enumsAsTypes: true, useTypeImports: true, scalars: { DateTime: 'string' } },
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
    pluginContext: {},
  } as unknown as Parameters<typeof preset.buildGeneratesSection>[0]);
  for (const output of outputs) {
    write(output.filename, (await codegen(output)).replaceAll(/(['"])\.\/(gql|graphql)(?:\.js)?\1/g, "'./$2.ts'"));
  }
}

/** The calls of a subgraph: types of variables and results, and a document for each operation. */
async function generateInternal(name: SubgraphName): Promise<void> {
  const { schema, operations } = internalOperations(name);
  if (operations.length === 0) return;
  const types = await codegen({
    filename: `${name}.ts`,
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: [{ location: name, document: { kind: Kind.DOCUMENT, definitions: operations } }],
    plugins: [{ operations: {} }],
    pluginMap: { operations: typescriptOperations },
    config: {
      enumsAsTypes: true,
      useTypeImports: true,
      skipTypename: true,
      arrayInputCoercion: false,
      scalars: { ID: 'string', Snowflake: 'string', DateTime: 'string', _Any: representationOf(schema) },
    },
  });
  const imported = "import type { InternalDocument } from '../../internal-document.ts';";
  write(
    `schema/generated/internal/${name}.ts`,
    [imported, types, ...operations.map((one) => internalDocument(name, one))].join('\n\n'),
  );
}

/** The documents of all subgraphs by name, so that code about every subgraph lists none of them. */
function generateInternalIndex(): void {
  const asked = SUBGRAPHS.filter((name) => internalText(name).trim() !== '');
  const isAsked = (name: SubgraphName) => asked.includes(name);
  write(
    'schema/generated/internal-documents.ts',
    `${asked.map((name) => `import type * as ${schemaOf(name)} from './internal/${name}.ts';`).join('\n')}

/** The documents of the operations that other parts of the platform send to each subgraph. */
export type InternalDocuments = {
${SUBGRAPHS.map((name) => `  '${name}': ${isAsked(name) ? `typeof ${schemaOf(name)}` : 'Record<never, never>'};`).join('\n')}
};
`,
  );
}

/** The events of all owners. `schema/events/<subgraph>.ts` exports them as `<SUBGRAPH>_EVENTS`. */
function generateEventIndex(): void {
  const owners = SUBGRAPHS.filter((name) => existsSync(new URL(`schema/events/${name}.ts`, root)));
  const schemasOf = (name: SubgraphName) => `${schemaOf(name).toUpperCase()}_EVENTS`;
  write(
    'schema/generated/events.ts',
    `${owners.map((name) => `import { ${schemasOf(name)} } from '../events/${name}.ts';`).join('\n')}
import type { PublishedData } from '../events/fields.ts';

/** The schemas of all events, by type. */
export const EVENTS = {
${owners.map((name) => `  ...${schemasOf(name)},`).join('\n')}
};

/** The data of all events from publishers, by type. */
export type Events = PublishedData<typeof EVENTS>;
export type EventType = keyof Events;
`,
  );
}

function generateNodeOwners(): void {
  write(
    'schema/generated/node-owners.ts',
    `/** The subgraph that decides whether the viewer may see a node, by the name of its type. */
export const NODE_OWNERS = {
${listNodeTypes()
  .map(({ name, owner }) => `  ${name}: '${owner}',`)
  .join('\n')}
} as const;
`,
  );
}

function generateIdTypes(): void {
  write(
    'infra/runtime/ids/src/generated/id-types.ts',
    `/** The types with global IDs in the public graph, by their GraphQL names. */
export const ID_TYPES = [
${listIdTypes()
  .map((name) => `  '${name}',`)
  .join('\n')}
] as const;
`,
  );
}

/** The keys by which an entity is requested. */
function representationOf(schema: GraphQLSchema): string {
  const entities = schema.getType('_Entity');
  if (!isUnionType(entities)) return 'never';
  const names = entities.getTypes().map(({ name }) => `'${name}'`);
  return `{ __typename: ${names.join(' | ')}; id: string }`;
}

function internalDocument(subgraph: SubgraphName, operation: OperationDefinitionNode): string {
  const name = operation.name!.value;
  const type = `${name}${operation.operation === 'mutation' ? 'Mutation' : 'Query'}`;
  const text = stripIgnoredCharacters(print(operation));
  return `export const ${name}Document: InternalDocument<${type}, ${type}Variables> = ${JSON.stringify({ subgraph, kind: operation.operation, name, text }, null, 2)};`;
}

// `node schema/generate.ts [client | ids | <service>]`: one output, or all.
const only = process.argv[2];
for (const name of SERVICES) if (!only || only === name) await generateResolverTypes(name);
if (!only || only === 'client') {
  for (const name of SUBGRAPHS) await generateInternal(name);
  generateInternalIndex();
  generateEventIndex();
  generateNodeOwners();
  await generateClient();
}
if (!only || only === 'ids') generateIdTypes();
