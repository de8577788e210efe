import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { requireViewer } from './errors.ts';
import type { SubgraphContext } from './subgraph.ts';

type Field = GraphQLField<unknown, SubgraphContext<unknown>>;

/** The coordinates of the fields that carry `@authenticated` in the SDL. */
export function listAuthenticatedFields(schema: GraphQLSchema): Map<string, Field> {
  const found = new Map<string, Field>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.astNode?.directives?.some(({ name }) => name.value === 'authenticated')) continue;
      found.set(`${type.name}.${field.name}`, field);
    }
  }
  return found;
}

/**
 * Makes fields that carry `@authenticated` fail with UNAUTHENTICATED for visitors, before their resolvers run. Other
 * fields still work.
 */
export function enforceAuthentication(schema: GraphQLSchema): void {
  for (const field of listAuthenticatedFields(schema).values()) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (source, args, context, info) => {
      requireViewer(context);
      return resolve(source, args, context, info);
    };
  }
}
