//! Tables of the OAuth server: apps and their secrets, consents, codes and tokens.

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
        optional_scopes -> Text,
        distribution -> Text,
        publisher_name -> Text,
        client_id_url -> Nullable<Text>,
        publisher_domain -> Text,
        publisher_domain_verified_at -> Nullable<BigInt>,
        publisher_domain_fault -> Nullable<Text>,
        publisher_domain_failures -> BigInt,
        publisher_domain_asked_at -> Nullable<BigInt>,
        publisher_domain_due_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    app_installs (id) {
        id -> Text,
        workspace_id -> Text,
        app_id -> Text,
        status -> Text,
        requested_by -> Nullable<Text>,
        created_at -> BigInt,
        decided_at -> Nullable<BigInt>,
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
        resource -> Nullable<Text>,
        pushed_digest -> Nullable<Text>,
        ask_again -> Bool,
        stale_session -> Nullable<Text>,
        login_hint -> Nullable<Text>,
        device_digest -> Nullable<Text>,
    }
}

diesel::table! {
    device_authorizations (digest) {
        digest -> Text,
        user_code_digest -> Text,
        app_id -> Text,
        scopes -> Text,
        resource -> Nullable<Text>,
        expires_at -> BigInt,
        interval_secs -> BigInt,
        polled_at -> Nullable<BigInt>,
        authorization_id -> Nullable<Text>,
        denied -> Bool,
        used_at -> Nullable<BigInt>,
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
        declined_scopes -> Text,
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
        resource -> Nullable<Text>,
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
        secret_id -> Nullable<Text>,
        resource -> Nullable<Text>,
        used_generation -> BigInt,
        again_until -> Nullable<BigInt>,
        created_ip -> Nullable<Text>,
        rotated_ip -> Nullable<Text>,
        first_used_at -> Nullable<BigInt>,
        first_used_ip -> Nullable<Text>,
        likely -> Nullable<Text>,
        acknowledged_at -> Nullable<BigInt>,
        acknowledged_by -> Nullable<Text>,
        acknowledged_note -> Nullable<Text>,
    }
}

diesel::table! {
    access_tokens (id) {
        id -> Text,
        family_id -> Text,
        app_id -> Text,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        secret_id -> Nullable<Text>,
        generation -> Nullable<BigInt>,
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
    token_revocations (app_id, hour) {
        app_id -> Text,
        hour -> BigInt,
        revoked -> BigInt,
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
    oauth_failures (id) {
        id -> Text,
        app_id -> Text,
        occurred_at -> BigInt,
        last_at -> BigInt,
        count -> BigInt,
        endpoint -> Text,
        error -> Text,
        cause -> Text,
        detail -> Text,
        status -> Integer,
        request_id -> Text,
        ip -> Text,
        user_agent -> Text,
        trusted -> Bool,
    }
}
