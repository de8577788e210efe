import { RequestError, requiredScopesOf, requireScopes } from '@tintype/graphql';
import type { Viewer } from '@tintype/viewer';
import type { GraphQLSchema } from 'graphql';
import { insufficientScope } from '#auth/authenticator.ts';

/** Lets a viewer listen to a field of `Subscription`. @throws GatewayError INSUFFICIENT_SCOPE */
export type RequireSubscriptionScopes = (viewer: Viewer, field: string) => void;

/** Subgraphs check the scopes of all other fields. Only the gateway serves these. */
export function requireSubscriptionScopes(supergraph: GraphQLSchema): RequireSubscriptionScopes {
  const fields = supergraph.getSubscriptionType()?.getFields() ?? {};
  const required = new Map(Object.values(fields).map((field) => [field.name, requiredScopesOf(supergraph, field)]));
  return (viewer, field) => {
    const scopes = required.get(field) ?? null;
    try {
      requireScopes(viewer, scopes, `Subscription.${field}`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      throw insufficientScope((scopes ?? []).join(' '), error.message);
    }
  };
}
