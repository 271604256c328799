//! Tables of a workspace's support work: tickets with comments and notes, and broadcasts.

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
