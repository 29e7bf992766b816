//! `Server`: a PostgreSQL server of our own on 127.0.0.1, in a temporary folder; it ends with the test process.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

/// A running server.
pub(crate) struct Server {
    port: u16,
    settings: Vec<String>,
    /// Ends the server when its standard input does.
    keeper: Child,
    folder: tempfile::TempDir,
}

/// Where Debian has libfaketime.
pub(crate) const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// The environment of a program whose clock is that many seconds ahead.
pub(crate) fn ahead(seconds: i64) -> Vec<(&'static str, String)> {
    if seconds == 0 || !Path::new(FAKETIME).exists() {
        return Vec::new();
    }
    vec![
        ("LD_PRELOAD", FAKETIME.to_owned()),
        ("FAKETIME", format!("{seconds:+}s")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

/// Starts the server with its data.
fn launch(folder: &tempfile::TempDir, port: u16, settings: &[String], seconds: u64) -> Child {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(folder.path().join("log"))
        .unwrap();
    run_as(user(), Path::new("/bin/sh"))
        .args([
            "-c",
            "\"$@\" & server=$!; read line; kill -INT $server; wait",
            "sh",
        ])
        .arg(programs().unwrap().join("postgres"))
        .arg("-D")
        .arg(folder.path().join("data"))
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k"])
        .arg(folder.path())
        .args(["-c", "max_connections=200"])
        .args(settings.iter().flat_map(|it| ["-c", it]))
        .envs(ahead(i64::try_from(seconds).unwrap()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database; `None` if PostgreSQL is not installed, which is said.
pub(crate) fn database() -> Option<String> {
    let Some(server) = SERVER.get_or_init(|| Server::start("off")) else {
        eprintln!("skipped: PostgreSQL is not installed");
        return None;
    };
    let name = format!("fleet{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    server.sql("postgres", &format!("CREATE DATABASE {name}"));
    Some(server.address(&name))
}

impl Server {
    /// Starts a server as a user other than root, which PostgreSQL demands. `fsync` is `off` where nothing depends on the disk.
    pub(crate) fn start(fsync: &str) -> Option<Self> {
        Self::start_with(&[&format!("fsync={fsync}")], &[])
    }

    /// The same with these settings, and these files beside its data.
    pub(crate) fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().unwrap();
        let user = user();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let made = run_as(user, &programs.join("initdb"))
            .args([
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb");
        for (name, content) in files {
            let file = data.join(name);
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            if let Some((user, group)) = user {
                chown(&file, Some(user), Some(group)).unwrap();
            }
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let settings: Vec<String> = settings.iter().map(|it| (*it).to_owned()).collect();
        let keeper = launch(&folder, port, &settings, 0);
        let server = Self {
            port,
            settings,
            keeper,
            folder,
        };
        server.wait();
        Some(server)
    }

    /// Ends the server and starts it again with its data, and a clock that many seconds ahead.
    pub(crate) fn start_again(&mut self, ahead: u64) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
        self.keeper = launch(&self.folder, self.port, &self.settings, ahead);
        self.wait();
    }

    fn wait(&self) {
        for _ in 0..200 {
            if self.try_sql("postgres", "SELECT 1").is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not answer");
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database.
    pub(crate) fn address(&self, database: &str) -> String {
        format!(
            "postgresql://postgres@127.0.0.1:{}/{database}?sslmode=disable",
            self.port
        )
    }

    /// Runs statements in a database.
    pub(crate) fn sql(&self, database: &str, sql: &str) {
        self.try_sql(database, sql).unwrap();
    }

    fn try_sql(&self, database: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
        let (address, sql) = (self.address(database), sql.to_owned());
        // In a thread of its own: the caller may already be inside a runtime.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let (client, connection) =
                    tokio_postgres::connect(&address, tokio_postgres::NoTls).await?;
                tokio::spawn(connection);
                client.batch_execute(&sql).await
            })
        })
        .join()
        .unwrap()
    }
}

/// The folder of the newest installed server.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders.filter(|it| it.join("initdb").exists()).max()
}

/// The user and group to run the server as, if this is root.
pub(crate) fn user() -> Option<(u32, u32)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let own = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    if own.split_whitespace().next() != Some("0") {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let row = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = row.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn run_as(user: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new(program);
    // Not the folder of the tests, which the user may not read.
    command.current_dir("/");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}
