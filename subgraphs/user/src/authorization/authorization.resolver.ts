import type { CompleteResolvers } from '#generated/graphql.ts';
import type { AuthorizationServer } from './authorization.server.ts';
import type { AccessModel } from './token.repository.ts';

type AuthorizationResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'appAccess'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'answerAuthorizationRequest'>;
};

export function createAuthorizationResolvers(deps: {
  server: AuthorizationServer;
  findAccess(token: string): Promise<AccessModel | null>;
}): AuthorizationResolvers {
  const { server, findAccess } = deps;
  return {
    Query: {
      async appAccess(_, { token }) {
        const access = await findAccess(token);
        return access && { ...access, scopes: access.scope.split(' ') };
      },
    },
    Mutation: {
      answerAuthorizationRequest: (_, { request }, { identity: { network, device = '' } }) =>
        server.answer(request, { network, device }),
    },
  };
}
