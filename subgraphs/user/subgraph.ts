import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    App: 'app/app.model.ts#AppModel',
    AuthorizedApp: 'app/app.model.ts#AuthorizedAppModel',
    BioEntity: 'profile/profile.model.ts#BioEntityModel',
    BioLink: 'profile/profile.model.ts#BioLinkModel',
    BioMention: 'profile/profile.model.ts#BioMentionModel',
    DataExport: 'data-export/data-export.model.ts#DataExportModel',
    EmailAddress: 'email/email.model.ts#EmailModel',
    IdentityProvider: 'identity-provider/identity-provider.model.ts#IdentityProviderModel',
    LinkedIdentity: 'identity-provider/identity-provider.model.ts#LinkedIdentityModel',
    Passkey: 'passkey/passkey.model.ts#PasskeyModel',
    Session: 'session/session.model.ts#SessionModel',
    StaffMember: 'role/role.repository.ts#StaffMemberModel',
    TwoFactor: 'second-factor/second-factor.model.ts#TwoFactorModel',
    User: 'account/account.model.ts#AccountModel',
  },
  workers: {
    'user-worker': [],
  },
  config: true,
} satisfies SubgraphManifest;
