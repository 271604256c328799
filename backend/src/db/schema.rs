//! Tables, as both migrations make them.

diesel::table! {
    workspaces (id) {
        id -> Text,
        name -> Text,
        plan -> Text,
        subscriptions_version -> BigInt,
        created_at -> BigInt,
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
    }
}

diesel::table! {
    oauth_apps (id) {
        id -> Text,
        workspace_id -> Text,
        name -> Text,
        description -> Text,
        homepage_url -> Text,
        logo -> Text,
        kind -> Text,
        redirect_uris -> Text,
        scopes -> Text,
        grants -> Text,
        suspended_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Text,
    }
}

diesel::table! {
    client_secrets (id) {
        id -> Text,
        app_id -> Text,
        workspace_id -> Text,
        hint -> Text,
        digest -> Text,
        pepper_version -> Integer,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        last_used_ip -> Nullable<Text>,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> Text,
        public_key -> Text,
        sealed -> Text,
        created_at -> BigInt,
        active_at -> BigInt,
    }
}

diesel::table! {
    pushed_requests (digest) {
        digest -> Text,
        app_id -> Text,
        parameters -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    authorization_requests (id) {
        id -> Text,
        app_id -> Text,
        workspace_id -> Text,
        session_digest -> Nullable<Text>,
        browser_digest -> Text,
        redirect_uri -> Text,
        state -> Nullable<Text>,
        scopes -> Text,
        code_challenge -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    authorizations (id) {
        id -> Text,
        workspace_id -> Text,
        app_id -> Text,
        member_id -> Text,
        scopes -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        last_used_ip -> Nullable<Text>,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    authorization_codes (digest) {
        digest -> Text,
        app_id -> Text,
        authorization_id -> Text,
        redirect_uri -> Text,
        scopes -> Text,
        code_challenge -> Text,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        family_id -> Nullable<Text>,
    }
}

diesel::table! {
    token_families (id) {
        id -> Text,
        workspace_id -> Text,
        app_id -> Text,
        authorization_id -> Text,
        scopes -> Text,
        refreshable -> Bool,
        generation -> BigInt,
        created_at -> BigInt,
        rotated_at -> BigInt,
        ends_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoked_reason -> Nullable<Text>,
        revoked_ip -> Nullable<Text>,
    }
}

diesel::table! {
    access_tokens (id) {
        id -> Text,
        family_id -> Text,
        app_id -> Text,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    issued_tokens (app_id, minute) {
        app_id -> Text,
        minute -> BigInt,
        issued -> BigInt,
    }
}

diesel::table! {
    revoked_tokens (id) {
        id -> Text,
        app_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Text,
        workspace_id -> Text,
        url -> Text,
        description -> Text,
        event_types -> Text,
        signature -> Text,
        disabled_at -> Nullable<BigInt>,
        disabled_reason -> Nullable<Text>,
        failing_since -> Nullable<BigInt>,
        last_success_at -> Nullable<BigInt>,
        last_failure_at -> Nullable<BigInt>,
        last_diagnosis -> Nullable<Text>,
        rate_limit -> Nullable<Integer>,
        outages -> Integer,
        parked_at -> Nullable<BigInt>,
        probe_at -> Nullable<BigInt>,
        probes -> Integer,
        draining_since -> Nullable<BigInt>,
        pace -> Integer,
        released_at -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    signing_secrets (id) {
        id -> Text,
        webhook_id -> Text,
        workspace_id -> Text,
        scheme -> Text,
        sealed -> Text,
        digest -> Text,
        public_key -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    events (id) {
        id -> Text,
        workspace_id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        payload -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    deliveries (id) {
        id -> Text,
        workspace_id -> Text,
        webhook_id -> Text,
        event_id -> Text,
        event_type -> Text,
        status -> Text,
        cancel_reason -> Nullable<Text>,
        step -> Integer,
        attempts -> Integer,
        next_attempt_at -> Nullable<BigInt>,
        manual_attempt_id -> Nullable<Text>,
        due_at -> Nullable<BigInt>,
        lease_no -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_attempt_id -> Nullable<Text>,
        lease_trigger -> Nullable<Text>,
        lease_started_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        held -> Bool,
        recovery_id -> Nullable<Text>,
        interrupted -> Integer,
        last_attempt_at -> Nullable<BigInt>,
        last_response_status -> Nullable<Integer>,
        last_category -> Nullable<Text>,
        last_diagnosis -> Nullable<Text>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    attempts (id) {
        id -> Text,
        delivery_id -> Text,
        number -> Integer,
        trigger_kind -> Text,
        started_at -> BigInt,
        outcome -> Text,
        address -> Nullable<Text>,
        reused_connection -> Bool,
        timings -> Text,
        request -> Nullable<Text>,
        response -> Nullable<Text>,
        diagnosis -> Nullable<Text>,
        late_duplicate -> Bool,
    }
}

diesel::table! {
    recoveries (id) {
        id -> Text,
        workspace_id -> Text,
        status -> Text,
        webhook_id -> Nullable<Text>,
        event_type -> Nullable<Text>,
        category -> Nullable<Text>,
        since -> Nullable<BigInt>,
        until -> BigInt,
        rate_per_second -> Integer,
        total -> BigInt,
        started -> BigInt,
        passed_over -> BigInt,
        position -> Nullable<Text>,
        released_at -> BigInt,
        created_by -> Text,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
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

diesel::table! {
    tickets (id) {
        id -> Text,
        workspace_id -> Text,
        title -> Text,
        body -> Text,
        status -> Text,
        assignee -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    comments (id) {
        id -> Text,
        workspace_id -> Text,
        ticket_id -> Text,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    notes (id) {
        id -> Text,
        workspace_id -> Text,
        ticket_id -> Text,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    broadcasts (id) {
        id -> Text,
        workspace_id -> Text,
        subject -> Text,
        body -> Text,
        status -> Text,
        created_at -> BigInt,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(memberships -> members (member_id));
diesel::joinable!(memberships -> workspaces (workspace_id));
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(sessions -> workspaces (workspace_id));
diesel::joinable!(api_keys -> workspaces (workspace_id));
diesel::joinable!(oauth_apps -> workspaces (workspace_id));
diesel::joinable!(client_secrets -> oauth_apps (app_id));
diesel::joinable!(authorizations -> oauth_apps (app_id));
diesel::joinable!(authorizations -> members (member_id));
diesel::joinable!(token_families -> authorizations (authorization_id));
diesel::joinable!(access_tokens -> token_families (family_id));
diesel::joinable!(signing_secrets -> webhooks (webhook_id));
diesel::joinable!(deliveries -> webhooks (webhook_id));
diesel::joinable!(deliveries -> events (event_id));
diesel::joinable!(attempts -> deliveries (delivery_id));

diesel::allow_tables_to_appear_in_same_query!(
    workspaces,
    members,
    memberships,
    sessions,
    api_keys,
    oauth_apps,
    client_secrets,
    signing_keys,
    pushed_requests,
    authorization_requests,
    authorizations,
    authorization_codes,
    token_families,
    access_tokens,
    issued_tokens,
    revoked_tokens,
    webhooks,
    signing_secrets,
    events,
    deliveries,
    attempts,
    recoveries,
    idempotency_keys,
    audit_entries,
    tickets,
    comments,
    notes,
    broadcasts,
);
