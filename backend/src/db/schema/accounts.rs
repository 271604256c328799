//! Tables of workspaces, members, sessions and API keys, with the audit log and the answers kept for idempotency keys.

diesel::table! {
    workspaces (id) {
        id -> Text,
        name -> Text,
        plan -> Text,
        subscriptions_version -> BigInt,
        created_at -> BigInt,
        log_start -> BigInt,
        app_policy -> Text,
        client_documents -> Text,
    }
}

diesel::table! {
    members (id) {
        id -> Text,
        email -> Text,
        password_hash -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    memberships (workspace_id, member_id) {
        workspace_id -> Text,
        member_id -> Text,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (token_digest) {
        token_digest -> Text,
        member_id -> Text,
        workspace_id -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Text,
        workspace_id -> Text,
        name -> Text,
        hint -> Text,
        digest -> Text,
        pepper_version -> Integer,
        scopes -> Text,
        allowed_ips -> Text,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Text,
        last_used_at -> Nullable<BigInt>,
        last_used_ip -> Nullable<Text>,
        revoked_at -> Nullable<BigInt>,
        revoked_by -> Nullable<Text>,
        revoked_reason -> Nullable<Text>,
        rotatable -> Bool,
        replaces -> Nullable<Text>,
        replaced_by -> Nullable<Text>,
        first_key -> Nullable<Text>,
        ends_at -> Nullable<BigInt>,
        took_over_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (workspace_id, credential, route, idempotency_key) {
        workspace_id -> Text,
        credential -> Text,
        route -> Text,
        idempotency_key -> Text,
        request_digest -> Text,
        status -> Integer,
        body -> Text,
        created_at -> BigInt,
        headers -> Nullable<Text>,
        object_id -> Nullable<Text>,
        sealed_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> Text,
        workspace_id -> Text,
        created_at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        action -> Text,
        object_id -> Nullable<Text>,
        object_name -> Text,
        ip -> Nullable<Text>,
        details -> Text,
    }
}
