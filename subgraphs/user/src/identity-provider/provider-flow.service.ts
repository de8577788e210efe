import { counter, type Log } from '@tintype/telemetry';
import type { LogInWithProviderErrorCode, StartProviderLogInErrorCode } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import type { IdentityProviderModel, ProviderAccount } from './identity-provider.model.ts';
import { createProviderClient, type ProviderClient } from './provider.client.ts';
import { type Flow, readFlow, sealFlow } from './sealed-flow.ts';

/** Whose account an account of a provider is to be linked to; null to log in. */
export type FlowOwner = Flow['owner'];

/** Sends people to the pages of identity providers, and takes the answers. */
export type ProviderFlowService = {
  /** In the order of the configuration. */
  providers: readonly IdentityProviderModel[];
  /** @returns null if the platform no longer has it */
  providerOf(issuer: string): IdentityProviderModel | null;
  /** @returns the page of the provider, and what the client keeps */
  start(
    key: string,
    redirectUri: string | null | undefined,
    owner: FlowOwner,
  ): Promise<{ url: string; flow: string } | { error: InputError<StartProviderLogInErrorCode> }>;
  /** @param isOurs whether a flow was started for what is to be done now */
  finish(
    answer: { flow: string; callbackUrl: string },
    isOurs: (owner: FlowOwner) => boolean,
  ): Promise<{ account: ProviderAccount } | { error: InputError<LogInWithProviderErrorCode> }>;
};

export function createProviderFlowService(deps: {
  providers: readonly IdentityProviderModel[];
  /** The platform's secret, which seals flows. */
  secret: string;
  log: Log;
}): ProviderFlowService {
  const { providers, secret, log } = deps;
  const clients = new Map<string, ProviderClient>(
    providers.map((provider) => [provider.issuer, createProviderClient({ provider, log })]),
  );
  const answered = counter(
    'user_identity_provider_answers_total',
    'Answers of identity providers, by outcome: accepted, refused or unavailable',
    ['provider', 'outcome'],
  );
  const providerOf = (issuer: string) => providers.find((provider) => provider.issuer === issuer) ?? null;

  return {
    providers,
    providerOf,
    async start(key, wanted, owner) {
      const provider = providers.find((one) => one.key === key);
      if (!provider) return { error: inputError('PROVIDER_NOT_FOUND', 'provider') };
      const redirectUri = wanted ?? provider.redirectUris[0]!;
      if (!provider.redirectUris.includes(redirectUri))
        return { error: inputError('REDIRECT_URI_INVALID', 'redirectUri', 'This address is not allowed here.') };
      const started = await clients.get(provider.issuer)!.start(redirectUri);
      if (started === 'UNAVAILABLE') {
        answered.inc({ provider: key, outcome: 'unavailable' });
        return { error: inputError('PROVIDER_UNAVAILABLE', 'provider') };
      }
      const { url, ...expected } = started;
      const flow = { issuer: provider.issuer, redirectUri, ...expected, owner, at: Date.now() };
      return { url, flow: sealFlow(flow, secret) };
    },
    async finish({ flow: sealed, callbackUrl }, isOurs) {
      const flow = readFlow(sealed, secret);
      const provider = flow && providerOf(flow.issuer);
      if (!flow || !provider || !isOurs(flow.owner)) return { error: inputError('FLOW_INVALID', 'flow') };
      const url = URL.parse(callbackUrl);
      if (!url) return { error: inputError('PROVIDER_REFUSED', 'callbackUrl') };
      const outcome = await clients.get(flow.issuer)!.finish(flow, url);
      const kind = typeof outcome === 'string' ? outcome : 'ACCEPTED';
      answered.inc({ provider: provider.key, outcome: kind.toLowerCase() });
      if (outcome === 'UNAVAILABLE') return { error: inputError('PROVIDER_UNAVAILABLE') };
      return outcome === 'REFUSED' ? { error: inputError('PROVIDER_REFUSED', 'callbackUrl') } : { account: outcome };
    },
  };
}
