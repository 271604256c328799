// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangeOptions, ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  Acknowledgement,
  Authorization,
  AuthorizationId,
  ClientSecret,
  CreatedClientSecret,
  CreatedOAuthApp,
  Incident,
  NewOAuthApp,
  OAuthApp,
  OAuthAppActivity,
  OAuthAppChanges,
  OAuthAppId,
  OAuthFailure,
  RotateSecret,
  SecretId,
  Timestamp,
  TokenFamily,
  TokenFamilyId,
  Withdrawn,
} from "../schemas.js";

/** What `oauthApps.deleteSecret` may be asked for. */
export interface DeleteOAuthAppSecretQuery {
  /**
   * `true`: what the app got by this secret ends, too: its own tokens, access tokens that act for members, and refresh tokens whose
   * last use was by this secret.
   */
  end_tokens?: boolean;
}

/** What `oauthApps.list` may be asked for. */
export interface ListOAuthAppsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only apps in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"active" | "suspended">;
}

/** What `oauthApps.listAuthorizations` may be asked for. */
export interface ListOAuthAppAuthorizationsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** What `oauthApps.listFailures` may be asked for. */
export interface ListOAuthAppFailuresQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only requests to these endpoints; several by repeating the parameter or separated by commas. */
  endpoint?: OneOrMany<"authorize" | "par" | "token" | "revoke" | "introspect" | "device_authorization">;
  /** Only requests that were answered with these errors; several by repeating the parameter or separated by commas. */
  error?: OneOrMany<
    | "invalid_request"
    | "invalid_client"
    | "invalid_grant"
    | "unauthorized_client"
    | "unsupported_grant_type"
    | "invalid_scope"
    | "invalid_target"
    | "access_denied"
    | "authorization_pending"
    | "slow_down"
    | "expired_token"
    | "login_required"
    | "consent_required"
    | "unsupported_response_type"
    | "invalid_request_uri"
    | "request_not_supported"
    | "temporarily_unavailable"
    | "server_error"
  >;
  /** Not before this time (RFC 3339). */
  since?: Timestamp;
  /** Before this time (RFC 3339). */
  until?: Timestamp;
}

/** What `oauthApps.listSecrets` may be asked for. */
export interface ListOAuthAppSecretsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** What `oauthApps.listTokens` may be asked for. */
export interface ListOAuthAppTokensQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** The operations of `sayless.oauthApps`. */
export class OAuthAppsResource extends Resource {
  /**
   * Acknowledge an incident with an OAuth app's tokens.
   *
   * The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
   * earlier ones.
   *
   * **Permission:** an admin's session
   */
  acknowledgeIncident(
    id: OAuthAppId,
    incidentId: TokenFamilyId,
    body?: Acknowledgement,
    options?: PostOptions,
  ): Call<Incident> {
    return this.sendRequest({ method: "POST", path: `/v1/oauth-apps/${segment(id)}/incidents/${segment(incidentId)}/acknowledge`, body, idempotent: true }, options);
  }

  /**
   * Create an OAuth app.
   *
   * For a confidential app, the answer holds its client secret, this once.
   *
   * **Permission:** an admin's session
   */
  create(body: NewOAuthApp, options?: PostOptions): Call<CreatedOAuthApp> {
    return this.sendRequest({ method: "POST", path: "/v1/oauth-apps", body, idempotent: true }, options);
  }

  /**
   * Delete an OAuth app.
   *
   * Its secrets and tokens stop at once, for good, and members' authorizations of it end. Its webhooks are disabled.
   *
   * **Permission:** an admin's session
   */
  delete(id: OAuthAppId, options?: ChangeOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/oauth-apps/${segment(id)}` }, options);
  }

  /**
   * Drop an old client secret.
   *
   * One that was rotated out stops at once instead of at the end of its overlap. The current one can only be rotated. If the secret
   * leaked, have its tokens end, too: the members for whom they act are then asked by the app again.
   *
   * **Permission:** an admin's session
   */
  deleteSecret(
    id: OAuthAppId,
    secretId: SecretId,
    query?: DeleteOAuthAppSecretQuery,
    options?: ChangeOptions,
  ): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/oauth-apps/${segment(id)}/secrets/${segment(secretId)}`, query }, options);
  }

  /**
   * Show an OAuth app.
   *
   * **Permission:** an admin's session
   */
  get(id: OAuthAppId, options?: RequestOptions): Call<OAuthApp> {
    return this.sendRequest({ method: "GET", path: `/v1/oauth-apps/${segment(id)}` }, options);
  }

  /**
   * Show what an OAuth app holds.
   *
   * The number of authorizations and tokens that are alive, in all workspaces together, and the codes and refresh tokens that were used
   * twice in this one.
   *
   * **Permission:** an admin's session
   */
  getActivity(id: OAuthAppId, options?: RequestOptions): Call<OAuthAppActivity> {
    return this.sendRequest({ method: "GET", path: `/v1/oauth-apps/${segment(id)}/activity` }, options);
  }

  /**
   * List OAuth apps.
   *
   * Newest first, with the secrets that still work, never the secrets themselves.
   *
   * **Permission:** an admin's session
   */
  list(query?: ListOAuthAppsQuery, options?: RequestOptions): List<OAuthApp> {
    return this.listPages("/v1/oauth-apps", query, options, "cursor");
  }

  /**
   * List an OAuth app's authorizations.
   *
   * The members who let it act for them, newest first.
   *
   * **Permission:** an admin's session
   */
  listAuthorizations(
    id: OAuthAppId,
    query?: ListOAuthAppAuthorizationsQuery,
    options?: RequestOptions,
  ): List<Authorization> {
    return this.listPages(`/v1/oauth-apps/${segment(id)}/authorizations`, query, options, "cursor");
  }

  /**
   * List an OAuth app's failed requests.
   *
   * The app's requests that the OAuth endpoints refused in the last 7 days, with the cause, newest first: the last 1,000 at most. Requests that
   * failed alike within a minute are one. A request is here a few seconds after it failed.
   *
   * **Permission:** an admin's session
   */
  listFailures(
    id: OAuthAppId,
    query?: ListOAuthAppFailuresQuery,
    options?: RequestOptions,
  ): List<OAuthFailure> {
    return this.listPages(`/v1/oauth-apps/${segment(id)}/failures`, query, options, "cursor");
  }

  /**
   * List an OAuth app's client secrets.
   *
   * Those that still work, newest first; never the secrets themselves.
   *
   * **Permission:** an admin's session
   */
  listSecrets(
    id: OAuthAppId,
    query?: ListOAuthAppSecretsQuery,
    options?: RequestOptions,
  ): List<ClientSecret> {
    return this.listPages(`/v1/oauth-apps/${segment(id)}/secrets`, query, options, "cursor");
  }

  /**
   * List an OAuth app's live tokens.
   *
   * Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
   * access tokens, and the refresh token that gives the next ones.
   *
   * **Permission:** an admin's session
   */
  listTokens(id: OAuthAppId, query?: ListOAuthAppTokensQuery, options?: RequestOptions): List<TokenFamily> {
    return this.listPages(`/v1/oauth-apps/${segment(id)}/tokens`, query, options, "cursor");
  }

  /**
   * Resume an OAuth app.
   *
   * It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
   * nothing.
   *
   * **Permission:** an admin's session
   */
  resume(id: OAuthAppId, options?: ChangingPostOptions): Call<OAuthApp> {
    return this.sendRequest({ method: "POST", path: `/v1/oauth-apps/${segment(id)}/resume`, idempotent: true }, options);
  }

  /**
   * Revoke tokens of an OAuth app.
   *
   * The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
   * consent again.
   *
   * **Permission:** an admin's session
   */
  revokeTokens(id: OAuthAppId, familyId: TokenFamilyId, options?: RequestOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/oauth-apps/${segment(id)}/tokens/${segment(familyId)}` }, options);
  }

  /**
   * Rotate an OAuth app's client secret.
   *
   * The answer holds the new secret, this once. The old ones keep working for the overlap. At most three work at once: where
   * three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
   *
   * **Permission:** an admin's session
   */
  rotateSecret(
    id: OAuthAppId,
    body: RotateSecret,
    options?: ChangingPostOptions,
  ): Call<CreatedClientSecret> {
    return this.sendRequest({ method: "POST", path: `/v1/oauth-apps/${segment(id)}/secrets`, body, idempotent: true }, options);
  }

  /**
   * Suspend an OAuth app.
   *
   * It gets no tokens, and those it has are refused, until it is resumed. Its webhooks are disabled. Suspending a suspended app
   * changes nothing.
   *
   * **Permission:** an admin's session
   */
  suspend(id: OAuthAppId, options?: ChangingPostOptions): Call<OAuthApp> {
    return this.sendRequest({ method: "POST", path: `/v1/oauth-apps/${segment(id)}/suspend`, idempotent: true }, options);
  }

  /**
   * Change an OAuth app.
   *
   * A JSON merge patch (RFC 7396): absent fields stay, `null` clears.
   *
   * **Permission:** an admin's session
   */
  update(id: OAuthAppId, body: OAuthAppChanges, options?: ChangeOptions): Call<OAuthApp> {
    return this.sendRequest({ method: "PATCH", path: `/v1/oauth-apps/${segment(id)}`, body }, options);
  }

  /**
   * Verify the domain of an OAuth app's publisher.
   *
   * Gets `https://{publisher_domain}/.well-known/sayless-oauth-apps.txt`, a text with one client id in each line, and looks whether the app's
   * id is among them. The answer is the app: `publisher_domain_verified_at` where the id is there, and in `publisher_domain_fault` what
   * was found instead. A verified domain is checked again about once a day; it is verified no longer once the file lacks the id, or
   * after three checks in a row without a file. A domain is checked every ten seconds at most.
   *
   * **Permission:** an admin's session
   */
  verifyDomain(id: OAuthAppId, options?: ChangingPostOptions): Call<OAuthApp> {
    return this.sendRequest({ method: "POST", path: `/v1/oauth-apps/${segment(id)}/verify-domain`, idempotent: true }, options);
  }

  /**
   * Withdraw all authorizations of an OAuth app.
   *
   * It can no longer act for anybody; each member would be asked again. The webhooks that it made for members are disabled.
   *
   * **Permission:** an admin's session
   */
  withdrawAllAuthorizations(id: OAuthAppId, options?: RequestOptions): Call<Withdrawn> {
    return this.sendRequest({ method: "DELETE", path: `/v1/oauth-apps/${segment(id)}/authorizations` }, options);
  }

  /**
   * Withdraw a member's authorization.
   *
   * The app can no longer act for that member: every token that came from it stops at once. With the app's last consent, the
   * webhooks that it made for members are disabled.
   *
   * **Permission:** an admin's session
   */
  withdrawAuthorization(
    id: OAuthAppId,
    authorizationId: AuthorizationId,
    options?: RequestOptions,
  ): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/oauth-apps/${segment(id)}/authorizations/${segment(authorizationId)}` }, options);
  }
}
