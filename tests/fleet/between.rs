//! What can be between a fetcher and PostgreSQL: TLS, and a pool of connections.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::{fs::chown, process::CommandExt as _},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use stillsays::fleet::{AT_ONCE, Citation, Finish, Frontier, FrontierError, Postgres, Visited};

use crate::server::{self, Server};

const LEASE: Duration = Duration::from_secs(60);

#[test]
fn a_connection_is_secured_and_the_server_must_prove_who_it_is() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let files = [
        ("own.crt", certificate.pem()),
        ("own.key", key.serialize_pem()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, it.1.as_str())).collect();
    let settings = [
        "fsync=off",
        "ssl=on",
        "ssl_cert_file=own.crt",
        "ssl_key_file=own.key",
    ];
    let Some(server) = Server::start_with(&settings, &files) else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    let at = |host: &str| {
        let port = server.port();
        format!("postgresql://postgres@{host}:{port}/postgres?hostaddr=127.0.0.1&sslmode=require")
    };
    let roots = vec![authority.der().to_vec()];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let known = Postgres::new(&at("localhost"), roots.clone()).unwrap();
        known.init().await.unwrap();
        assert_eq!(known.claim("a", LEASE).await.unwrap(), None);
        for (host, roots) in [("localhost", Vec::new()), ("other.example", roots)] {
            let unknown = Postgres::new(&at(host), roots).unwrap();
            let error = unknown.init().await.unwrap_err();
            assert!(matches!(error, FrontierError::Away(_)), "{error}");
            assert!(error.to_string().contains("certificate"), "{error}");
        }
    });
}

#[test]
fn a_pool_of_transactions_may_be_between() {
    let Some(address) = server::database() else {
        return;
    };
    let Some(pool) = Pool::before(&address, 2) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(share(&pool.address));
}

/// A pool of few connections, in transaction mode; it ends with the test.
pub(crate) struct Pool {
    /// The address of the database through it.
    pub(crate) address: String,
    program: Child,
    _folder: tempfile::TempDir,
}

impl Pool {
    /// Starts one before the database at that address; `None` if PgBouncer is not installed, which is said.
    pub(crate) fn before(address: &str, size: u16) -> Option<Self> {
        if Command::new("pgbouncer").arg("--version").output().is_err() {
            eprintln!("skipped: PgBouncer is not installed");
            return None;
        }
        let (host, database) = address.split_once('@').unwrap().1.split_once('/').unwrap();
        let (host, port) = host.split_once(':').unwrap();
        let database = database.split_once('?').unwrap().0;
        let own = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{database} = host={host} port={port} dbname={database} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {own}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = {size}\nserver_login_retry = 1\nunix_socket_dir =\n"
        );
        fs::write(&settings, text).unwrap();
        let mut command = Command::new("pgbouncer");
        if let Some((user, group)) = server::user() {
            for path in [folder.path(), &settings] {
                chown(path, Some(user), Some(group)).unwrap();
            }
            command.uid(user).gid(group);
        }
        let program = command
            .arg(&settings)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", own)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Some(Self {
            address: format!("postgresql://postgres@127.0.0.1:{own}/{database}?sslmode=disable"),
            program,
            _folder: folder,
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// More fetchers than the pool has connections.
async fn share(address: &str) {
    let frontier = Postgres::new(address, Vec::new()).unwrap();
    frontier.init().await.unwrap();
    let cited: Vec<Citation> = (0..24)
        .map(|it| Citation {
            uri: format!("https://h{it}.example/").parse().unwrap(),
            due: Some(AT_ONCE),
            condition: None,
            lists: None,
        })
        .collect();
    frontier.cite("one", &cited).await.unwrap();
    let mut fetchers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let frontier = Postgres::new(address, Vec::new()).unwrap();
        fetchers.spawn(async move {
            let worker = format!("w{number}");
            let mut visits = 0;
            while let Some(lease) = frontier.claim(&worker, LEASE).await.unwrap() {
                let done = Finish {
                    bundle: Some((format!("{}-{}", lease.host, lease.fence), 1)),
                    visited: vec![Visited {
                        seed: lease.seeds[0].seed,
                        came: "200".to_owned(),
                    }],
                    host: lease.host,
                    fence: lease.fence,
                    worker: worker.clone(),
                    ..Finish::default()
                };
                assert!(frontier.finish(&done).await.unwrap());
                visits += 1;
            }
            visits
        });
    }
    let visits: i32 = fetchers.join_all().await.into_iter().sum();
    assert_eq!(visits, 24);
}
