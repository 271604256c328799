//! Nodes that start together on an empty database.

use sayless::{
    app::{App, Settings},
    chance::Chance,
    clock::Clock,
    crypto::keys::ServerKeys,
};

use crate::harness::{Fresh, Kind};

/// Builds several nodes at once on a database without tables.
fn start_together(kind: Kind) {
    let database = Fresh::empty(kind);
    std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let chance = Chance::from_os();
                    let settings = Settings::new("http://127.0.0.1:1".parse().unwrap());
                    let keys = ServerKeys::random(&chance);
                    App::build(&database.url, keys, Clock::wall(), chance, settings).map(drop)
                })
            })
            .collect();
        for node in nodes {
            node.join().unwrap().unwrap();
        }
    });
}

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_sqlite() {
    start_together(Kind::Sqlite);
}

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_postgres() {
    start_together(Kind::Postgres);
}
