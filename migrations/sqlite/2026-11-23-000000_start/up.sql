-- Times are unix milliseconds; ids are prefixed ULIDs; lists and documents are JSON text.

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    -- Grows with every change of a webhook or its event types; a cached subscription list with another number is stale.
    subscriptions_version BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    member_id TEXT NOT NULL REFERENCES members (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, member_id)
);
CREATE INDEX memberships_of_member ON memberships (member_id, created_at);

CREATE TABLE sessions (
    token_digest TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_of_member ON sessions (member_id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    pepper_version INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    allowed_ips TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL REFERENCES members (id),
    last_used_at BIGINT,
    last_used_ip TEXT,
    revoked_at BIGINT,
    revoked_by TEXT REFERENCES members (id),
    revoked_reason TEXT
);
CREATE INDEX api_keys_of_workspace ON api_keys (workspace_id, id);

CREATE TABLE oauth_apps (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    homepage_url TEXT NOT NULL,
    logo TEXT NOT NULL,
    kind TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    grants TEXT NOT NULL,
    suspended_at BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL REFERENCES members (id)
);
CREATE INDEX oauth_apps_of_workspace ON oauth_apps (workspace_id, id);

CREATE TABLE client_secrets (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    hint TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    pepper_version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    last_used_ip TEXT
);
CREATE INDEX client_secrets_of_app ON client_secrets (app_id, id);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    event_types TEXT NOT NULL,
    signature TEXT NOT NULL,
    disabled_at BIGINT,
    disabled_reason TEXT,
    failing_since BIGINT,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_diagnosis TEXT,
    -- The most deliveries per second that its owner wants.
    rate_limit INTEGER,
    -- The breaker: outage and throttling failures in a row; open since; the next probe; probes that failed since.
    outages INTEGER NOT NULL DEFAULT 0,
    parked_at BIGINT,
    probe_at BIGINT,
    probes INTEGER NOT NULL DEFAULT 0,
    -- Draining: held deliveries are let go, oldest first, so many per second.
    draining_since BIGINT,
    pace INTEGER NOT NULL DEFAULT 0,
    -- Up to when held deliveries have been let go, under a pace or a rate limit, in unix microseconds.
    released_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, id);
-- Those whose deliveries are held and let go by a rule of their own.
CREATE INDEX webhooks_holding ON webhooks (id)
    WHERE parked_at IS NOT NULL OR draining_since IS NOT NULL OR rate_limit IS NOT NULL;

CREATE TABLE signing_secrets (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    scheme TEXT NOT NULL,
    -- The secret under the sealing key; the digest finds it when it is pasted into a text.
    sealed TEXT NOT NULL,
    digest TEXT NOT NULL,
    public_key TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX signing_secrets_of_webhook ON signing_secrets (webhook_id, id);
CREATE INDEX signing_secrets_digest ON signing_secrets (digest);

-- Events, deliveries and attempts name their owners without foreign keys: workspaces and webhooks are never removed, and a check
-- per key and row would cost more than the rows themselves.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    type TEXT NOT NULL,
    -- The exact body that is sent.
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX events_of_workspace ON events (workspace_id, id);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    status TEXT NOT NULL,
    cancel_reason TEXT,
    -- Scheduled attempts that counted; indexes the retry schedule.
    step INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    -- A retry by hand that waits for a worker: the id that its attempt will have.
    manual_attempt_id TEXT,
    -- When a worker should look next; NULL while leased or finished.
    due_at BIGINT,
    -- The lease is the record of the attempt that started; its number fences off a worker that comes back too late.
    lease_no BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_attempt_id TEXT,
    lease_trigger TEXT,
    lease_started_at BIGINT,
    lease_until BIGINT,
    -- It waits in its webhook's own line: parked, draining, or under a rate limit. due_at is then when to look again in any case.
    held BOOLEAN NOT NULL DEFAULT FALSE,
    -- The recovery that last set it going again.
    recovery_id TEXT,
    interrupted INTEGER NOT NULL DEFAULT 0,
    last_attempt_at BIGINT,
    last_response_status INTEGER,
    last_category TEXT,
    last_diagnosis TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_of_workspace ON deliveries (workspace_id, id);
-- Also what counts and recoveries ask of a webhook.
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, status, id);
CREATE INDEX deliveries_held ON deliveries (webhook_id, id) WHERE held;
CREATE INDEX deliveries_of_recovery ON deliveries (recovery_id, status) WHERE recovery_id IS NOT NULL;
CREATE INDEX deliveries_of_event ON deliveries (event_id);
CREATE INDEX deliveries_failures ON deliveries (workspace_id, id) WHERE status IN ('retrying', 'failed');
-- With the one above, a recovery of a whole workspace walks from the oldest to the newest.
CREATE INDEX deliveries_canceled ON deliveries (workspace_id, id) WHERE status = 'canceled';
-- What did not succeed, by each filter of the failures' list. Nothing that succeeds at once is ever in these.
CREATE INDEX deliveries_failures_by_status ON deliveries (workspace_id, status, id)
    WHERE status IN ('retrying', 'failed', 'canceled');
CREATE INDEX deliveries_failures_by_kind ON deliveries (workspace_id, status, last_category, event_type, id)
    WHERE status IN ('retrying', 'failed', 'canceled');
CREATE INDEX deliveries_failures_of_webhook ON deliveries (webhook_id, status, last_category, event_type, id)
    WHERE status IN ('retrying', 'failed', 'canceled');

CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    trigger_kind TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT,
    reused_connection BOOLEAN NOT NULL,
    timings TEXT NOT NULL,
    -- URL and headers; the body is the event's payload.
    request TEXT,
    response TEXT,
    diagnosis TEXT,
    late_duplicate BOOLEAN NOT NULL
);
CREATE INDEX attempts_of_delivery ON attempts (delivery_id, id);

-- A recovery is a job: it walks the deliveries that match from the oldest to the newest, in small steps, by its pace.
CREATE TABLE recoveries (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    status TEXT NOT NULL,
    -- What it was asked for.
    webhook_id TEXT,
    event_type TEXT,
    category TEXT,
    since BIGINT,
    until BIGINT NOT NULL,
    rate_per_second INTEGER NOT NULL,
    -- How many matched when it started; how many it has set going; how many it passed over, since nothing can be sent to them.
    total BIGINT NOT NULL,
    started BIGINT NOT NULL DEFAULT 0,
    passed_over BIGINT NOT NULL DEFAULT 0,
    -- The last delivery that it looked at, and up to when it has used its pace, in unix microseconds.
    position TEXT,
    released_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX recoveries_of_workspace ON recoveries (workspace_id, id);
CREATE INDEX recoveries_running ON recoveries (id) WHERE status = 'running';

CREATE TABLE idempotency_keys (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    credential TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, credential, route, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE audit_entries (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    created_at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object_id TEXT,
    object_name TEXT NOT NULL,
    ip TEXT,
    details TEXT NOT NULL
);
CREATE INDEX audit_entries_of_workspace ON audit_entries (workspace_id, id);
CREATE INDEX audit_entries_by_action ON audit_entries (workspace_id, action, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (workspace_id, actor_id, id);
CREATE INDEX audit_entries_by_actor_and_action ON audit_entries (workspace_id, actor_id, action, id);
CREATE INDEX audit_entries_by_object ON audit_entries (workspace_id, object_id, id);

CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    assignee TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX tickets_of_workspace ON tickets (workspace_id, id);
CREATE INDEX tickets_by_status ON tickets (workspace_id, status, id);
CREATE INDEX tickets_by_assignee ON tickets (workspace_id, assignee, id);

CREATE TABLE comments (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX comments_of_ticket ON comments (ticket_id, id);

CREATE TABLE notes (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notes_of_ticket ON notes (ticket_id, id);

CREATE TABLE broadcasts (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX broadcasts_of_workspace ON broadcasts (workspace_id, id);
CREATE INDEX broadcasts_by_status ON broadcasts (workspace_id, status, id);
