//! A fresh database for each test: a file of its own, or a database of its own on the server that
//! `TEST_DATABASE_URL` names.

use std::{
    fs,
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use sayless::db::{Conn, DatabaseUrl, dialect};
use tempfile::TempDir;

/// The kind of database that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of its own.
    Sqlite,
    /// A database of its own.
    Postgres,
}

/// A database that is removed when dropped.
pub struct Fresh {
    /// The database's address.
    pub url: DatabaseUrl,
    _folder: Option<TempDir>,
    name: Option<String>,
}

/// The URL of the PostgreSQL server, with the database to connect to first.
#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, the environment says")]
pub fn server() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!("TEST_DATABASE_URL names no PostgreSQL server; `cargo xtask test` starts one and sets it")
    })
}

/// The URL of another database on that server.
pub fn on_server(database: &str) -> String {
    let server = server();
    let (start, options) = server.split_once('?').unwrap_or((&server, ""));
    let host = start.rsplit_once('/').map_or(start, |(host, _)| host);
    format!("{host}/{database}?{options}")
}

/// Runs a statement on that server.
pub fn run(statement: &str) {
    PgConnection::establish(&server()).unwrap().batch_execute(statement).unwrap();
}

/// The content of the file that every test on SQLite gets a copy of, migrated once per test binary.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sayless.db");
    let mut conn = Conn::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap());
    dialect::migrate(&mut conn).unwrap();
    drop(conn);
    fs::read(path).unwrap()
});

/// The database that every test on PostgreSQL gets a copy of, migrated once per test binary.
fn template() -> String {
    static MADE: Mutex<bool> = Mutex::new(false);
    let name = format!("sayless_template_{}", std::process::id());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if !*made {
        run(&format!("CREATE DATABASE {name}"));
        let mut conn = Conn::Pg(PgConnection::establish(&on_server(&name)).unwrap());
        dialect::migrate(&mut conn).unwrap();
        *made = true;
    }
    name
}

impl Fresh {
    /// Makes a fresh database with its tables.
    pub fn create(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let fresh = Self::empty(kind);
                if let DatabaseUrl::Sqlite(path) = &fresh.url {
                    fs::write(path, &*FILE).unwrap();
                }
                fresh
            }
            Kind::Postgres => Self::on_postgres(&format!("TEMPLATE {}", template())),
        }
    }

    /// Makes a fresh database without any table.
    pub fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = DatabaseUrl::Sqlite(folder.path().join("sayless.db"));
                Self { url, _folder: Some(folder), name: None }
            }
            Kind::Postgres => Self::on_postgres("TEMPLATE template0"),
        }
    }

    fn on_postgres(how: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sayless_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&format!("CREATE DATABASE {name} {how}"));
        Self { url: DatabaseUrl::Postgres(on_server(&name)), _folder: None, name: Some(name) }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            run(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
