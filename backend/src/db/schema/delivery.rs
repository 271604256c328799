//! Tables of the delivery engine: webhooks and their secrets, events, deliveries, attempts and recoveries.

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
        paused_at -> Nullable<BigInt>,
        failing_since -> Nullable<BigInt>,
        last_success_at -> Nullable<BigInt>,
        last_failure_at -> Nullable<BigInt>,
        last_diagnosis -> Nullable<Text>,
        rate_limit -> Nullable<Integer>,
        header_names -> Text,
        headers -> Nullable<Text>,
        filter -> Nullable<Text>,
        ordered_since -> Nullable<BigInt>,
        outages -> Integer,
        parked_at -> Nullable<BigInt>,
        probe_at -> Nullable<BigInt>,
        probes -> Integer,
        draining_since -> Nullable<BigInt>,
        pace -> Integer,
        released_at -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<Text>,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        cancel_due -> Bool,
        asked_until -> Nullable<BigInt>,
        checked_at -> Nullable<BigInt>,
        owner_kind -> Nullable<Text>,
        owner_id -> Nullable<Text>,
        owner_name -> Nullable<Text>,
        by_consent -> Bool,
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
        hint -> Nullable<Text>,
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
        position -> BigInt,
        object_id -> Nullable<Text>,
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
        matched -> Nullable<Text>,
        started -> BigInt,
        passed_over -> BigInt,
        position -> Nullable<Text>,
        released_at -> BigInt,
        created_by -> Text,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        include -> Nullable<Text>,
        event_position -> Nullable<Text>,
        events_done -> Bool,
        canary -> Nullable<Text>,
        stopped -> Nullable<Text>,
        owner_id -> Nullable<Text>,
    }
}
