import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { requireViewer } from './errors.ts';
import { requiredScopesOf, requireScopes } from './required-scopes.ts';
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
 * Makes fields that carry `@authenticated` fail with UNAUTHENTICATED for visitors, and with INSUFFICIENT_SCOPE for apps
 * that lack a scope of `@requiresScopes`, before their resolvers run. Other fields still work. Calls that another
 * subgraph makes for itself are part of a field whose scopes were checked.
 */
export function enforceAuthentication(schema: GraphQLSchema): void {
  for (const [coordinate, field] of listAuthenticatedFields(schema)) {
    const resolve = field.resolve ?? defaultFieldResolver;
    const scopes = requiredScopesOf(schema, field);
    field.resolve = (source, args, context, info) => {
      const viewer = requireViewer(context);
      if (!context.identity.caller.isInternal) requireScopes(viewer, scopes, coordinate);
      return resolve(source, args, context, info);
    };
  }
}
