import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { globalId, type IdGenerator, parseGlobalId } from '@tintype/ids';
import { languageOf, negotiateLanguage, type Texts, textsIn } from '@tintype/language';
import { transaction } from '@tintype/postgres';
import { seal, unseal } from '@tintype/service';
import { errors, type InteractionResults, type default as Provider } from 'oidc-provider';
import type pg from 'pg';
import { findAccounts } from '#account/account.repository.ts';
import { lockState } from '#account/closure.repository.ts';
import type { AppModel } from '#app/app.model.ts';
import { findClient } from '#app/app.repository.ts';
import { deleteOldestGrants, findGrantOfInteraction, insertGrant, type NewGrant } from '#app/grant.repository.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import { findSuspension } from '#sanction/sanction.repository.ts';
import type { Authenticated, LogInClient, LogInService } from '#session/log-in.service.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { hashToken } from '#session/token-hash.rules.ts';
import { findStoredLanguage } from '#settings/settings.repository.ts';
import { APP_LIMITS } from '../limits.ts';
import { INTERACTION_S } from './authorization.keys.ts';
import { codePage, consentPage, errorPage, logInPage, type Page, pageHeaders } from './authorization-page.ts';
import { scopesOf } from './scope.rules.ts';

/** The context of a request to the authorization server. */
export type RequestContext = Parameters<Parameters<Provider['use']>[0]>[0];

/** Shows the pages on which a person logs in and decides about an app. Without scripts, for any browser. */
export type InteractionPages = (provider: Provider, context: RequestContext, client: LogInClient) => Promise<void>;

/** An authorization request that waits for the person. `texts`: in the language of their browser. */
type Pending = { uid: string; app: AppModel; redirectUri: string; scope: string; texts: Texts };

/** That a person logged in for one authorization request. It travels through the page, sealed. */
type Proof = { uid: string; userId: string; passwordDigest: string; hasCode: boolean; at: number };

const GRANT_MS = 365 * 24 * 3600 * 1000;
/** The domain of the seal. */
const PURPOSE = 'tintype authorization proof v1';

export function createInteractionPages(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  logIns: Pick<LogInService, 'authenticate' | 'authenticateWithCode'>;
  devices: KnownDeviceService;
  sessionState: SessionStateStore;
  secret: string;
}): InteractionPages {
  const { pool, ids, logIns, devices, sessionState, secret } = deps;

  const proofOf = (uid: string, { userId, shown }: Authenticated): string => {
    const passwordDigest = createHash('sha256').update(shown.passwordHash).digest('base64url');
    const proof: Proof = { uid, userId: String(userId), passwordDigest, hasCode: shown.hasCode, at: Date.now() };
    return seal(JSON.stringify(proof), secret, PURPOSE).toString('base64url');
  };
  const readProof = (sealed: string, uid: string): Proof | null => {
    const opened = unseal(Buffer.from(sealed, 'base64url'), secret, PURPOSE);
    const proof = opened === null ? null : (JSON.parse(opened) as Proof);
    return proof?.uid === uid && Date.now() - proof.at < INTERACTION_S * 1000 ? proof : null;
  };

  const logInOf = ({ app, redirectUri, texts }: Pending, identifier?: string, error?: string) =>
    logInPage(texts, { ...app, redirectUri }, identifier, error);

  /** After the login: the page with the decision, in the language of the account. */
  const consentOf = async (pending: Pending, authenticated: Authenticated): Promise<Page> => {
    if (await findSuspension(pool, authenticated.userId)) {
      return logInOf(pending, '', pending.texts.text('authorizationPage.suspended'));
    }
    const [account] = await findAccounts(pool, [authenticated.userId]);
    const language = await findStoredLanguage(pool, authenticated.userId);
    if (!account || language === null) {
      return logInOf(pending, '', pending.texts.text('authorizationPage.deactivated'));
    }
    return consentPage(
      textsIn(languageOf(language)),
      { ...pending.app, redirectUri: pending.redirectUri },
      { username: account.username, scopes: scopesOf(pending.scope), proof: proofOf(pending.uid, authenticated) },
    );
  };

  const steps: Record<string, (pending: Pending, fields: URLSearchParams, client: LogInClient) => Promise<Page>> = {
    async login(pending, fields, client) {
      const identifier = (fields.get('identifier') ?? '').trim();
      const outcome = await logIns.authenticate(identifier, fields.get('password') ?? '', client);
      const { texts } = pending;
      if ('error' in outcome) return logInOf(pending, identifier, texts.text(`pageError.${outcome.error.code}`));
      if ('challenge' in outcome) return codePage(texts, outcome.challenge.token);
      await devices.note(outcome.userId, client);
      return consentOf(pending, outcome);
    },
    async code(pending, fields, { network }) {
      const challenge = fields.get('challenge') ?? '';
      const outcome = await logIns.authenticateWithCode(challenge, (fields.get('code') ?? '').trim(), network);
      if ('error' in outcome) {
        const { code } = outcome.error;
        const message = pending.texts.text(`pageError.${code}`);
        return code === 'CHALLENGE_INVALID'
          ? logInOf(pending, '', message)
          : codePage(pending.texts, challenge, message);
      }
      await devices.note(outcome.userId, { network, device: outcome.device });
      return consentOf(pending, outcome);
    },
  };

  /**
   * Adds a grant and ends those that are too many. If the form is sent again, it finds the grant that it has added.
   *
   * @returns `grantId`: null if the account or the app may have none
   */
  const grantOnce = (grant: NewGrant): Promise<{ grantId: bigint | null; ended: string[] }> =>
    transaction(pool, async (tx) => {
      // Decisions about the same app wait for each other, so that each sees how many grants there are.
      await lockState(tx, grant.userId);
      if (!(await insertGrant(tx, grant))) return { grantId: await findGrantOfInteraction(tx, grant), ended: [] };
      const ended = await deleteOldestGrants(tx, { ...grant, kept: APP_LIMITS.grants });
      return { grantId: grant.id, ended: await sessionState.announceEnd(ended) };
    });

  /** @returns the result for the app, or the page that says why there is none */
  const decide = async (
    pending: Pending,
    fields: URLSearchParams,
  ): Promise<{ result: InteractionResults } | { page: Page }> => {
    if (fields.get('decision') !== 'allow') {
      return { result: { error: 'access_denied', error_description: 'The person did not allow it.' } };
    }
    const restart = (reason: 'expired' | 'deactivated') => ({
      page: logInOf(pending, '', pending.texts.text(`authorizationPage.${reason}`)),
    });
    const proof = readProof(fields.get('proof') ?? '', pending.uid);
    if (!proof) return restart('expired');
    const userId = BigInt(proof.userId);
    const { grantId, ended } = await grantOnce({
      id: ids.next(),
      userId,
      appId: pending.app.id,
      interactionHash: hashToken(pending.uid),
      scopes: scopesOf(pending.scope),
      expiresAt: new Date(Date.now() + GRANT_MS),
      passwordDigest: Buffer.from(proof.passwordDigest, 'base64url'),
      hasCode: proof.hasCode,
    });
    if (grantId === null) return restart('deactivated');
    await sessionState.deny(ended);
    const login = { accountId: globalId('User', userId), remember: false };
    return { result: { login, consent: { grantId: String(grantId) } } };
  };

  /** @throws OIDCProviderError if this browser has no such request */
  const pendingOf = async (provider: Provider, context: RequestContext): Promise<Pending> => {
    const { uid, params } = await provider.interactionDetails(context.req, context.res);
    if (!context.path.endsWith(`/${uid}`)) throw new errors.SessionNotFound('another interaction');
    const appId = parseGlobalId('App', String(params.client_id));
    const app = appId === null ? null : await findClient(pool, appId);
    if (!app) throw new errors.InvalidClient('client is invalid');
    return {
      uid,
      app,
      redirectUri: String(params.redirect_uri),
      scope: String(params.scope ?? ''),
      texts: textsFor(context),
    };
  };

  return async (provider, context, client) => {
    const { req, res } = context;
    const show = (page: Page, redirectUri?: string, status = 200) => {
      context.status = status;
      context.set(pageHeaders(page, redirectUri));
      context.type = 'html';
      context.body = page.html;
    };
    const isPost = context.method === 'POST';
    if (isPost && isCrossSite(context)) {
      const texts = textsFor(context);
      return show(errorPage(texts, texts.text('authorizationPage.crossSite')), undefined, 403);
    }
    const pending = await pendingOf(provider, context);
    const { redirectUri } = pending;
    const finish = async (result: InteractionResults) => {
      const location = await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false });
      context.redirect(location);
      context.status = 303;
    };
    if (scopesOf(pending.scope).length === 0) {
      return finish({ error: 'invalid_scope', error_description: 'The request names no scope that exists.' });
    }
    if (!isPost) return show(logInOf(pending), redirectUri);
    const fields = new URLSearchParams(await text(req));
    const step = fields.get('step') ?? '';
    if (step === 'consent') {
      const decided = await decide(pending, fields);
      return 'page' in decided ? show(decided.page, redirectUri) : finish(decided.result);
    }
    const next = Object.hasOwn(steps, step) ? await steps[step]!(pending, fields, client) : logInOf(pending);
    return show(next, redirectUri);
  };
}

/** The texts for a browser in which nobody is logged in yet. */
export function textsFor(context: Pick<RequestContext, 'get'>): Texts {
  return textsIn(negotiateLanguage(context.get('accept-language')));
}

/**
 * Whether a page of another site sent this form. The cookie of the request has `SameSite=Lax`, so browsers do not send
 * it with such forms. This also covers sites that share our domain.
 */
function isCrossSite(context: RequestContext): boolean {
  const site = context.get('sec-fetch-site');
  return site !== '' && site !== 'same-origin';
}
