// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangeOptions, ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  Acknowledgement,
  AppInstall,
  AppInstallActivity,
  AppInstallId,
  AppPolicyChange,
  AppPolicySetting,
  Incident,
  TokenFamily,
  TokenFamilyId,
} from "../schemas.js";

/** What `appInstalls.list` may be asked for. */
export interface ListAppInstallsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only installs in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"requested" | "refused" | "active" | "paused">;
}

/** What `appInstalls.listTokens` may be asked for. */
export interface ListAppInstallTokensQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** The operations of `sayless.appInstalls`. */
export class AppInstallsResource extends Resource {
  /**
   * Acknowledge an incident with an installed app's tokens.
   *
   * The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
   * earlier ones.
   *
   * **Permission:** an admin's session
   */
  acknowledgeIncident(
    id: AppInstallId,
    incidentId: TokenFamilyId,
    body?: Acknowledgement,
    options?: PostOptions,
  ): Call<Incident> {
    return this.sendRequest({ method: "POST", path: `/v1/app-installs/${segment(id)}/incidents/${segment(incidentId)}/acknowledge`, body, idempotent: true }, options);
  }

  /**
   * Let an app in.
   *
   * One that a member asked for, or that was refused. Members may let it act for them from now on. Approving an app that is active
   * changes nothing.
   *
   * **Permission:** an admin's session
   */
  approve(id: AppInstallId, options?: ChangingPostOptions): Call<AppInstall> {
    return this.sendRequest({ method: "POST", path: `/v1/app-installs/${segment(id)}/approve`, idempotent: true }, options);
  }

  /**
   * Remove an installed app.
   *
   * It can no longer act for anybody of this workspace, for good: what members allowed it here ends, and its webhooks here are
   * disabled. It may be asked for anew.
   *
   * **Permission:** an admin's session
   */
  delete(id: AppInstallId, options?: ChangeOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/app-installs/${segment(id)}` }, options);
  }

  /**
   * Show an installed app.
   *
   * **Permission:** an admin's session
   */
  get(id: AppInstallId, options?: RequestOptions): Call<AppInstall> {
    return this.sendRequest({ method: "GET", path: `/v1/app-installs/${segment(id)}` }, options);
  }

  /**
   * Show what an installed app holds.
   *
   * The number of this workspace's authorizations and tokens that are alive, and the codes and refresh tokens that were used twice here
   * lately.
   *
   * **Permission:** an admin's session
   */
  getActivity(id: AppInstallId, options?: RequestOptions): Call<AppInstallActivity> {
    return this.sendRequest({ method: "GET", path: `/v1/app-installs/${segment(id)}/activity` }, options);
  }

  /**
   * Show which apps may come in.
   *
   * **Permission:** an admin's session
   */
  getPolicy(options?: RequestOptions): Call<AppPolicySetting> {
    return this.sendRequest({ method: "GET", path: "/v1/app-policy" }, options);
  }

  /**
   * List installed apps.
   *
   * Apps of other workspaces that act in this one, were refused, or are asked for; newest first.
   *
   * **Permission:** an admin's session
   */
  list(query?: ListAppInstallsQuery, options?: RequestOptions): List<AppInstall> {
    return this.listPages("/v1/app-installs", query, options, "cursor");
  }

  /**
   * List an installed app's live tokens.
   *
   * Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
   * access tokens, and the refresh token that gives the next ones.
   *
   * **Permission:** an admin's session
   */
  listTokens(
    id: AppInstallId,
    query?: ListAppInstallTokensQuery,
    options?: RequestOptions,
  ): List<TokenFamily> {
    return this.listPages(`/v1/app-installs/${segment(id)}/tokens`, query, options, "cursor");
  }

  /**
   * Pause an installed app.
   *
   * The app's tokens are refused in this workspace, and its webhooks here are disabled, until it is resumed. Elsewhere it works on. Pausing
   * a paused app changes nothing.
   *
   * **Permission:** an admin's session
   */
  pause(id: AppInstallId, options?: ChangingPostOptions): Call<AppInstall> {
    return this.sendRequest({ method: "POST", path: `/v1/app-installs/${segment(id)}/pause`, idempotent: true }, options);
  }

  /**
   * Refuse an app.
   *
   * One that a member asked for. Members may not ask for it again; an admin may still approve it. Refusing a refused app changes
   * nothing.
   *
   * **Permission:** an admin's session
   */
  refuse(id: AppInstallId, options?: ChangingPostOptions): Call<AppInstall> {
    return this.sendRequest({ method: "POST", path: `/v1/app-installs/${segment(id)}/refuse`, idempotent: true }, options);
  }

  /**
   * Resume an installed app.
   *
   * It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
   * nothing.
   *
   * **Permission:** an admin's session
   */
  resume(id: AppInstallId, options?: ChangingPostOptions): Call<AppInstall> {
    return this.sendRequest({ method: "POST", path: `/v1/app-installs/${segment(id)}/resume`, idempotent: true }, options);
  }

  /**
   * Revoke tokens of an installed app.
   *
   * The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
   * consent again.
   *
   * **Permission:** an admin's session
   */
  revokeTokens(id: AppInstallId, familyId: TokenFamilyId, options?: RequestOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/app-installs/${segment(id)}/tokens/${segment(familyId)}` }, options);
  }

  /**
   * Choose which apps may come in.
   *
   * Apps that are installed stay. `client_documents` says whether apps that are known by a metadata document may ask; the policy says
   * who lets them in, as it does for apps of other workspaces.
   *
   * **Permission:** an admin's session
   */
  updatePolicy(body: AppPolicyChange, options?: RequestOptions): Call<AppPolicySetting> {
    return this.sendRequest({ method: "PATCH", path: "/v1/app-policy", body }, options);
  }
}
