// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Transport } from "../transport.js";
import { ApiKeysResource } from "./resources/api_keys.js";
import { AppInstallsResource } from "./resources/app_installs.js";
import { AuditLogResource } from "./resources/audit_log.js";
import { BroadcastsResource } from "./resources/broadcasts.js";
import { DeliveriesResource } from "./resources/deliveries.js";
import { DeliveryAddressesResource } from "./resources/delivery_addresses.js";
import { EventTypesResource } from "./resources/event_types.js";
import { EventsResource } from "./resources/events.js";
import { OAuthAppsResource } from "./resources/oauth_apps.js";
import { ProblemTypesResource } from "./resources/problem_types.js";
import { RecoveriesResource } from "./resources/recoveries.js";
import { SessionResource } from "./resources/session.js";
import { TicketsResource } from "./resources/tickets.js";
import { WebhooksResource } from "./resources/webhooks.js";

/** The resources of a client. */
export abstract class Resources {
  readonly apiKeys: ApiKeysResource;
  readonly appInstalls: AppInstallsResource;
  readonly auditLog: AuditLogResource;
  readonly broadcasts: BroadcastsResource;
  readonly deliveries: DeliveriesResource;
  readonly deliveryAddresses: DeliveryAddressesResource;
  readonly eventTypes: EventTypesResource;
  readonly events: EventsResource;
  readonly oauthApps: OAuthAppsResource;
  readonly problemTypes: ProblemTypesResource;
  readonly recoveries: RecoveriesResource;
  readonly session: SessionResource;
  readonly tickets: TicketsResource;
  readonly webhooks: WebhooksResource;

  protected constructor(transport: Transport) {
    this.apiKeys = new ApiKeysResource(transport);
    this.appInstalls = new AppInstallsResource(transport);
    this.auditLog = new AuditLogResource(transport);
    this.broadcasts = new BroadcastsResource(transport);
    this.deliveries = new DeliveriesResource(transport);
    this.deliveryAddresses = new DeliveryAddressesResource(transport);
    this.eventTypes = new EventTypesResource(transport);
    this.events = new EventsResource(transport);
    this.oauthApps = new OAuthAppsResource(transport);
    this.problemTypes = new ProblemTypesResource(transport);
    this.recoveries = new RecoveriesResource(transport);
    this.session = new SessionResource(transport);
    this.tickets = new TicketsResource(transport);
    this.webhooks = new WebhooksResource(transport);
  }
}

export type {
  ApiKeysResource,
  AppInstallsResource,
  AuditLogResource,
  BroadcastsResource,
  DeliveriesResource,
  DeliveryAddressesResource,
  EventTypesResource,
  EventsResource,
  OAuthAppsResource,
  ProblemTypesResource,
  RecoveriesResource,
  SessionResource,
  TicketsResource,
  WebhooksResource,
};
export type {
  ListApiKeysQuery,
} from "./resources/api_keys.js";
export type {
  ListAppInstallsQuery,
  ListAppInstallTokensQuery,
} from "./resources/app_installs.js";
export type {
  ListAuditEntriesQuery,
} from "./resources/audit_log.js";
export type {
  ListBroadcastsQuery,
} from "./resources/broadcasts.js";
export type {
  ListDeliveriesQuery,
  ListDeliveryAttemptsQuery,
} from "./resources/deliveries.js";
export type {
  ListEventsQuery,
} from "./resources/events.js";
export type {
  DeleteOAuthAppSecretQuery,
  ListOAuthAppsQuery,
  ListOAuthAppAuthorizationsQuery,
  ListOAuthAppFailuresQuery,
  ListOAuthAppSecretsQuery,
  ListOAuthAppTokensQuery,
} from "./resources/oauth_apps.js";
export type {
  ListRecoveriesQuery,
} from "./resources/recoveries.js";
export type {
  ListTicketsQuery,
  ListTicketCommentsQuery,
  ListTicketNotesQuery,
} from "./resources/tickets.js";
export type {
  ListWebhooksQuery,
  ListWebhookSecretsQuery,
} from "./resources/webhooks.js";
