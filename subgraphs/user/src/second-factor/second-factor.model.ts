/** `enabledAt`: null if logins do not need a second factor. */
export type TwoFactorModel = { enabledAt: Date | null; recoveryCodesLeft: number };
