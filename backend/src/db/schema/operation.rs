//! Tables of the installation itself, which belong to no workspace.

diesel::table! {
    server_keys (kind, version) {
        kind -> Text,
        version -> Integer,
        check_value -> Text,
        created_at -> BigInt,
        active_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    restores (restored_at) {
        restored_at -> BigInt,
    }
}
