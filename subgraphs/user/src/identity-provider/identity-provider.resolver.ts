import { requireViewer } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { languageOf } from '@tintype/language';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { NO_SESSION, type SessionPayload } from '#session/session.payload.ts';
import type { LinkedIdentityService } from './linked-identity.service.ts';
import type { ProviderFlowService } from './provider-flow.service.ts';
import type { ProviderLogInService } from './provider-log-in.service.ts';

type IdentityProviderResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'identityProviders' | 'linkedIdentities'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    | 'startProviderLogIn'
    | 'logInWithProvider'
    | 'createAccountWithProvider'
    | 'startIdentityLink'
    | 'linkIdentity'
    | 'unlinkIdentity'
  >;
  LinkedIdentity: CompleteResolvers['LinkedIdentity'];
};

export function createIdentityProviderResolvers(deps: {
  flows: ProviderFlowService;
  logIns: ProviderLogInService;
  identities: LinkedIdentityService;
  sessionOf: SessionPayload;
}): IdentityProviderResolvers {
  const { flows, logIns, identities, sessionOf } = deps;
  return {
    Query: {
      identityProviders: () => [...flows.providers],
      linkedIdentities: (_, __, context) => identities.list(requireViewer(context).userId),
    },
    Mutation: {
      async startProviderLogIn(_, { input }) {
        const outcome = await flows.start(input.provider, input.redirectUri, null);
        return 'error' in outcome ? { url: null, flow: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async logInWithProvider(_, { input }, context) {
        const { network, device = '' } = context.identity;
        const outcome = await logIns.logIn(input, { network, device });
        const none = { ...NO_SESSION, reactivated: false, challenge: null, signUp: null, errors: [] };
        if ('error' in outcome) return { ...none, errors: [outcome.error] };
        if ('challenge' in outcome || 'signUp' in outcome) return { ...none, ...outcome };
        const { reactivated, ...tokens } = outcome;
        return { ...none, ...(await sessionOf(tokens, context)), reactivated };
      },
      async createAccountWithProvider(_, { input }, context) {
        const { network, device = '', language } = context.identity;
        const { signUp, ...profile } = input;
        const registration = { ...profile, language: languageOf(language) };
        const outcome = await logIns.createAccount(signUp, registration, { network, device });
        if ('errors' in outcome) return { ...NO_SESSION, errors: outcome.errors };
        const { reactivated: _reactivated, ...tokens } = outcome;
        return { ...(await sessionOf(tokens, context)), errors: [] };
      },
      async startIdentityLink(_, { input }, context) {
        const outcome = await identities.start(context.identity, input);
        return 'error' in outcome ? { url: null, flow: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async linkIdentity(_, { input }, context) {
        const outcome = await identities.link(context.identity, input);
        return 'error' in outcome ? { linkedIdentity: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async unlinkIdentity(_, { input }, context) {
        const error = await identities.unlink(context.identity, input.linkedIdentityId, input);
        return { unlinked: error === null, errors: error ? [error] : [] };
      },
    },
    LinkedIdentity: {
      id: ({ id }) => globalId('LinkedIdentity', id),
      provider: ({ issuer }) => flows.providerOf(issuer),
    },
  };
}
