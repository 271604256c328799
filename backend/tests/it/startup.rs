//! Starts of the real program: nodes that start together, and starts that cannot be, each of which is refused with one line that
//! says what is wrong and what to do.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Output},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use crate::harness::{
    Fresh, Kind, World, both,
    command::{DataFolder, ReceiveCommand},
    database::{on_server, run},
    eventually,
    ports::free_address,
    process::Installation,
};

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_sqlite() {
    World::build_together(4, &Fresh::empty(Kind::Sqlite));
}

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_postgres() {
    World::build_together(4, &Fresh::empty(Kind::Postgres));
}

/// One line, with each of these words in it.
#[track_caller]
fn is_one_line(said: &str, words: &[&str]) {
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[track_caller]
fn failed(output: Output) -> String {
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_database_url_that_cannot_be_read_is_refused_without_its_password() {
    let folder = DataFolder::new();
    for url in [
        "postgres://sayless:hush%zz@127.0.0.1/sayless",
        "postgres://sayless:hush%@127.0.0.1/sayless",
        "postgres://sayless:hu@hush@127.0.0.1/sayless",
        "postgres://sayless:1/hush@127.0.0.1/sayless",
        "postgres://sayless:hush/sayless",
    ] {
        let by_flag = folder.refused(&["migrate", "--database-url", url]);
        let by_variable =
            failed(folder.command(&["migrate"]).env("SAYLESS_DATABASE_URL", url).output().unwrap());
        for said in [by_flag, by_variable] {
            is_one_line(&said, &["the database URL cannot be read", "SAYLESS_DATABASE_URL"]);
            assert!(!said.contains("hush"), "{said}");
        }
    }
}

#[both]
async fn tables_of_a_newer_version_are_refused_with_both_versions(world: World) {
    world
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')")
        .await
        .unwrap();
    let said = world.refuses(&["migrate"]);
    is_one_line(&said, &["29991231000000", "up to 2026", "newer program", "backup"]);
    is_one_line(&world.refuses(&["serve", "--listen", "127.0.0.1:0"]), &["29991231000000"]);
}

/// The program as a user for whom modes of files count, which is not so for root.
struct Unprivileged(DataFolder);

impl Unprivileged {
    fn new() -> Self {
        let folder = DataFolder::new();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_sayless"), folder.path().join("sayless")).unwrap();
        Self(folder)
    }

    fn output(&self, args: &[&str]) -> Output {
        const NOBODY: u32 = 65_534;
        let mut command = Command::new(self.0.path().join("sayless"));
        command.args(args).env_clear().env("SAYLESS_DATABASE_URL", self.url("data/s.db"));
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("sqlite:{}/{path}", self.0.path().display())
    }

    /// Removes what SQLite leaves beside a database when its program ends all at once.
    fn close(&self, path: &str) {
        let path = self.0.path().join(path);
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }

    /// Changes the mode of a path in the folder, which needs its owner or root.
    fn chmod(&self, path: &str, mode: u32) {
        fs::set_permissions(self.0.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn a_database_that_may_not_be_written_is_refused_at_the_start() {
    let user = Unprivileged::new();
    assert!(user.output(&["migrate"]).status.success());
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for args in [&["migrate"][..], &serve] {
        user.chmod("data/s.db", 0o444);
        is_one_line(&failed(user.output(args)), &["data/s.db", "Permission denied", "read and write"]);
        user.chmod("data/s.db", 0o644);
        user.close("data/s.db");
        user.chmod("data", 0o555);
        is_one_line(&failed(user.output(args)), &["data", "writable", "folder"]);
        user.chmod("data", 0o000);
        is_one_line(&failed(user.output(args)), &["data", "Permission denied"]);
        user.chmod("data", 0o700);
    }
    user.chmod("data/keys.json", 0o000);
    is_one_line(&failed(user.output(&["migrate"])), &["data/keys.json", "Permission denied"]);
    user.chmod("data/keys.json", 0o600);
    user.chmod("data/serve.lock", 0o444);
    is_one_line(&failed(user.output(&serve)), &["data/serve.lock", "Permission denied"]);
    user.chmod(".", 0o555);
    let elsewhere = user.url("new/s.db");
    let said = failed(user.output(&["migrate", "--database-url", &elsewhere]));
    is_one_line(&said, &["/new", "Permission denied", "--database-url"]);
    user.chmod(".", 0o777);
}

#[test]
fn a_path_that_is_something_else_is_named() {
    let folder = DataFolder::new();
    let at = |name: &str| format!("sqlite:{}/{name}", folder.path().display());
    fs::create_dir(folder.path().join("folder")).unwrap();
    fs::write(folder.path().join("file"), "This is a letter, and by far too long for an empty database.")
        .unwrap();
    let migrate = |name: &str| folder.refused(&["migrate", "--database-url", &at(name)]);
    is_one_line(&migrate("folder"), &["/folder", "is a folder", "name a file"]);
    is_one_line(&migrate("file/s.db"), &["/file", "File exists", "--database-url"]);
    is_one_line(&migrate("file"), &["/file", "not a database", "name another file"]);
}

#[test]
fn a_full_disk_is_said_at_the_start() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    // A limit to the size of files stands for the full disk: nothing can be written.
    let limited = format!("trap '' XFSZ; ulimit -f 0; exec {} migrate", env!("CARGO_BIN_EXE_sayless"));
    let url = folder.command(&[]).get_envs().next().unwrap().1.unwrap().to_owned();
    let output = Command::new("sh").args(["-c", &limited]).env("SAYLESS_DATABASE_URL", url).output().unwrap();
    is_one_line(&failed(output), &["data/sayless.db", "disk is full"]);
    folder.ok(&["migrate"]);
}

#[test]
fn a_public_url_that_no_browser_follows_is_refused() {
    let folder = DataFolder::new();
    for command in ["serve", "worker"] {
        for url in
            ["ftp://x", "https://x/path", "https://x/?a=b", "https://x#a", "https://u:p@x", "x", "file:///x"]
        {
            let said = folder.refused(&[command, "--public-url", url]);
            assert!(said.contains("--public-url"), "{said}");
        }
    }
    assert!(folder.refused(&["serve", "--public-url", "ftp://x"]).contains("must be http or https"));
}

#[test]
fn a_port_in_use_is_named_with_its_flag() {
    let folder = DataFolder::new();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap().to_string();
    let said = folder.refused(&["serve", "--listen", &address]);
    is_one_line(&said, &[&address, "in use", "another --listen"]);
    let said = folder.refused(&["serve", "--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    is_one_line(&said, &[&address, "in use", "another --metrics-listen"]);
    let port = address.rsplit_once(':').unwrap().1;
    is_one_line(&folder.refused(&["receive", "--port", port]), &[port, "in use", "another --port"]);
}

#[test]
fn a_key_file_that_is_not_whole_is_refused_without_its_keys() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    let path = folder.path().join("data/keys.json");
    let whole = fs::read_to_string(&path).unwrap();
    for content in ["", &whole[..whole.len() / 2], "[]", "{\"pepper\":\"1:hush\"}", "\"1:hush\""] {
        fs::write(&path, content).unwrap();
        let said = folder.refused(&["migrate"]);
        is_one_line(&said, &["data/keys.json", "not whole", "backup"]);
        assert!(!said.contains("hush"), "{said}");
    }
    fs::write(&path, r#"{"pepper":"1:hush","sealing_key":"1:hush"}"#).unwrap();
    let said = folder.refused(&["migrate"]);
    is_one_line(&said, &["pepper", "data/keys.json", "VERSION:KEY"]);
    assert!(!said.contains("hush"), "{said}");
    fs::write(&path, &whole).unwrap();
    folder.ok(&["migrate"]);
    assert_eq!(files_in(&folder.path().join("data")), ["keys.json", "sayless.db"]);
}

/// The names in a folder, without those that SQLite makes and removes.
fn files_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| !name.contains("-wal") && !name.contains("-shm")).collect();
    names.sort();
    names
}

#[test]
fn a_key_file_that_others_can_read_is_told_of() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    let path = folder.path().join("data/keys.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let output = folder.command(&["migrate"]).output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("chmod 600") && said.contains("keys.json"), "{said}");
}

/// Runs a command on a PostgreSQL that it cannot use.
#[track_caller]
fn on_postgres(url: &str, words: &[&str]) {
    let key = format!("1:{}=", "A".repeat(43));
    let folder = DataFolder::new();
    let mut command = folder.command(&["migrate"]);
    command.env("SAYLESS_DATABASE_URL", url).env("SAYLESS_PEPPER", &key).env("SAYLESS_SEALING_KEY", &key);
    let said = failed(command.output().unwrap());
    is_one_line(&said, words);
    assert!(!said.contains("hush"), "{said}");
}

#[test]
fn a_postgres_that_cannot_be_reached_is_named_with_the_way_out() {
    on_postgres("postgres://u:hush@nowhere.invalid/s", &["nowhere.invalid", "check the host"]);
    let free = free_address();
    on_postgres(&format!("postgres://u:hush@{free}/s"), &["refused", "check the host and the port"]);
    on_postgres(&on_server("sayless_no_such"), &["sayless_no_such", "does not exist", "createdb"]);
    let role = format!("sayless_crowded_{}", std::process::id());
    run(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 0"));
    let server = on_server("postgres");
    let (_, rest) = server.split_once("://").unwrap();
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    on_postgres(&format!("postgres://{role}:hush@{host}"), &["too many connections", "close other"]);
    run(&format!("DROP ROLE {role}"));
}

#[test]
fn a_wrong_password_is_said_without_it() {
    // The server of the tests asks for no password. This one says no as PostgreSQL does.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://sayless:hush@{}/sayless?sslmode=disable", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut rest).unwrap();
        let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"sayless\"\0\0";
        let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
        stream.write_all(&[&b"E"[..], &length, fields].concat()).unwrap();
    });
    on_postgres(
        &url,
        &["password authentication failed for user \"sayless\"", "check the user and the password"],
    );
    server.join().unwrap();
}

#[test]
fn hanging_up_stops_a_server_and_a_receiver_in_order() {
    let folder = DataFolder::new();
    assert_eq!(folder.serve().signal("HUP"), Some(0));
    assert_eq!(ReceiveCommand::start(&[]).signal("HUP"), Some(0));
    assert_eq!(ReceiveCommand::start(&[]).signal("TERM"), Some(0));
}

#[actix_web::test]
async fn hanging_up_stops_a_worker_in_order() {
    let installation = Installation::new(Kind::Postgres);
    let address = free_address();
    let worker = installation.start(&["worker", "--metrics-listen", &address]);
    eventually("the worker listens", async || tokio::net::TcpStream::connect(&address).await.is_ok()).await;
    worker.signal("HUP");
    worker.ends_in_order().await;
}
