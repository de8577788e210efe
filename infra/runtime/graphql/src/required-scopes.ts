import type { Viewer } from '@tintype/viewer';
import { type GraphQLField, type GraphQLSchema, getDirectiveValues } from 'graphql';
import { RequestError } from './errors.ts';

/**
 * The scopes that an app of a third party needs for this field, all of them: the argument of `@requiresScopes` in the
 * SDL. Null if the field has no such directive: then it is not for such apps, if it is `@authenticated`.
 */
export function requiredScopesOf(
  schema: GraphQLSchema,
  field: Pick<GraphQLField<unknown, unknown>, 'astNode'>,
): readonly string[] | null {
  const directive = schema.getDirective('requiresScopes');
  const values = directive && field.astNode && getDirectiveValues(directive, field.astNode);
  return values ? (values as { scopes: string[] }).scopes : null;
}

/**
 * Lets sessions of the person themself pass, and apps that have all of these scopes.
 *
 * @param required null if the field is not for apps of third parties
 * @throws RequestError INSUFFICIENT_SCOPE
 */
export function requireScopes(
  { scopes }: Pick<Viewer, 'scopes'>,
  required: readonly string[] | null,
  coordinate: string,
): void {
  if (!scopes) return;
  const missing = required?.find((scope) => !scopes.includes(scope));
  if (required && missing === undefined) return;
  const message =
    missing === undefined
      ? `Apps of third parties cannot use ${coordinate}. It is for sessions of the person themself.`
      : `${coordinate} needs the scope ${missing}, which this app does not have. Ask the person for it.`;
  throw new RequestError('INSUFFICIENT_SCOPE', message);
}
