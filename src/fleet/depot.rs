//! The depot: where fetchers put sealed bundles, and archives get them. A folder, or a bucket of an S3-compatible store.

use std::{path::Path as FilePath, sync::Arc, time::Duration};

use object_store::{
    Certificate, ClientOptions, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions,
    RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut},
    local::LocalFileSystem,
    memory::InMemory,
    path::Path,
};
use url::Url;

use super::bundle::{Sealed, digest_of};
use crate::clock::Instant;

/// How long the client tries again by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the names of bundles end.
const EXTENSION: &str = ".warc.gz";

/// Where bundles are, each under its digest: `bundles/0a/0a1b….warc.gz`.
#[derive(Clone, Debug)]
pub struct Depot {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

/// Why a depot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// The setting.
    #[error("the setting `fleet.depot` cannot be used: {0}")]
    Address(String),
    /// The store refused, or cannot be reached.
    #[error("the depot failed")]
    Store(#[source] Box<Error>),
    /// A bundle that is missing.
    #[error("the depot has no bundle {0}")]
    Missing(String),
    /// A bundle whose bytes changed.
    #[error("the bundle {0} in the depot is damaged: its bytes have another digest")]
    Damaged(String),
}

impl DepotError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address(_) => {
                "write the path of a folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME"
            }
            Self::Store(_) => {
                "nothing is lost: fetchers and archives continue once it accepts bundles again; AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, or `fleet.depot_credentials`, give access to a bucket"
            }
            Self::Missing(_) | Self::Damaged(_) => {
                "restore it from a backup of the depot; `stillsays fleet archive` waits for it"
            }
        }
    }

    /// Whether the same call can succeed later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Missing(_))
    }
}

impl Depot {
    /// The depot that the setting `fleet.depot` names: a folder, which is created, `s3://BUCKET/PREFIX`, or `memory:`.
    ///
    /// `credentials` are the key and its secret; without them, those of the environment are used. `roots` are certificates (DER) of
    /// additional trusted authorities.
    ///
    /// # Errors
    /// The setting cannot be understood, or the folder cannot be created.
    pub fn open(
        place: &str,
        credentials: Option<(String, String)>,
        roots: &[Vec<u8>],
    ) -> Result<Self, DepotError> {
        let wrong = |error: &dyn std::fmt::Display| DepotError::Address(error.to_string());
        if place == "memory:" {
            return Ok(Self {
                store: Arc::new(InMemory::new()),
                prefix: Path::default(),
            });
        }
        if !place.starts_with("s3://") {
            if place.is_empty() || place.contains("://") {
                return Err(wrong(&"it is neither a folder nor an s3:// address"));
            }
            let folder = FilePath::new(place);
            std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
            let store = LocalFileSystem::new_with_prefix(folder)
                .map_err(|error| wrong(&error))?
                .with_fsync(true);
            return Ok(Self {
                store: Arc::new(store),
                prefix: Path::default(),
            });
        }
        let url = Url::parse(place).map_err(|error| wrong(&error))?;
        let prefix = Path::from_url_path(url.path()).map_err(|error| wrong(&error))?;
        let store = bucket(&url, credentials, roots)?;
        Ok(Self {
            store: Arc::new(store),
            prefix,
        })
    }

    /// Stores a bundle, unless it is there. It is durable when this resolves.
    ///
    /// # Errors
    /// The store refuses it: it is full, away, or lacks permission.
    pub async fn put(&self, sealed: &Sealed) -> Result<(), DepotError> {
        let options = PutOptions::from(PutMode::Create);
        let bytes = sealed.bytes.clone().into();
        match self
            .store
            .put_opts(&self.place(&sealed.digest), bytes, options)
            .await
        {
            // Its name is its content.
            Ok(_) | Err(Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(DepotError::Store(Box::new(error))),
        }
    }

    /// The bytes of a bundle, checked against its digest.
    ///
    /// # Errors
    /// It is missing or damaged, or the store is away.
    pub async fn get(&self, digest: &str) -> Result<Vec<u8>, DepotError> {
        let found = async { self.store.get(&self.place(digest)).await?.bytes().await };
        match found.await {
            Ok(bytes) if digest_of(&bytes) == digest => Ok(bytes.into()),
            Ok(_) => Err(DepotError::Damaged(digest.to_owned())),
            Err(Error::NotFound { .. }) => Err(DepotError::Missing(digest.to_owned())),
            Err(error) => Err(DepotError::Store(Box::new(error))),
        }
    }

    /// The digests of all bundles, with the time when each was stored, one folder of the depot after the other; `take` gets those of
    /// one folder.
    ///
    /// # Errors
    /// The store is away; whatever `take` returns.
    pub async fn each<E: From<DepotError>>(
        &self,
        mut take: impl AsyncFnMut(Vec<(Instant, String)>) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error| DepotError::Store(Box::new(error));
        let bundles = self.prefix.clone().join("bundles");
        let folders = self.store.list_with_delimiter(Some(&bundles)).await;
        for folder in folders.map_err(failed)?.common_prefixes {
            let found = self.store.list_with_delimiter(Some(&folder)).await;
            let bundles = found.map_err(failed)?.objects.into_iter().filter_map(|it| {
                let digest = it.location.filename()?.strip_suffix(EXTENSION)?;
                Some((it.last_modified, digest.to_owned()))
            });
            take(bundles.collect()).await?;
        }
        Ok(())
    }

    /// Checks that the depot keeps the first of two objects of one name: some stores overwrite it, and cannot be used.
    ///
    /// # Errors
    /// The store overwrites, or is away.
    pub async fn check(&self) -> Result<(), DepotError> {
        let place = self.prefix.clone().join("check");
        let put = |bytes: &'static [u8]| {
            let options = PutOptions::from(PutMode::Create);
            self.store.put_opts(&place, bytes.into(), options)
        };
        let failed = |error| DepotError::Store(Box::new(error));
        match put(b"stillsays").await {
            Ok(_) | Err(Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
        match put(b"overwritten").await {
            Err(Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
            Ok(_) => Err(DepotError::Address(
                "this store overwrites an object although it is asked not to (If-None-Match)"
                    .to_owned(),
            )),
        }
    }

    fn place(&self, digest: &str) -> Path {
        let folder = digest.get(..2).unwrap_or_default();
        self.prefix
            .clone()
            .join("bundles")
            .join(folder)
            .join(format!("{digest}{EXTENSION}"))
    }
}

/// The bucket of an address. Its query has options of the client, such as `endpoint`, `region` and `allow_http`.
fn bucket(
    url: &Url,
    credentials: Option<(String, String)>,
    roots: &[Vec<u8>],
) -> Result<impl ObjectStore, DepotError> {
    let wrong = |error: &dyn std::fmt::Display| DepotError::Address(error.to_string());
    let mut client = ClientOptions::new().with_timeout(PATIENCE);
    for root in roots {
        let root = Certificate::from_der(root).map_err(|error| wrong(&error))?;
        client = client.with_root_certificate(root);
    }
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: PATIENCE,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::from_env()
        .with_client_options(client)
        .with_retry(retry)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_bucket_name(url.host_str().unwrap_or_default());
    if let Some((key, secret)) = credentials {
        builder = builder
            .with_access_key_id(key)
            .with_secret_access_key(secret);
    }
    for (key, value) in url.query_pairs() {
        let key: AmazonS3ConfigKey = key.parse().map_err(|error| wrong(&error))?;
        builder = builder.with_config(key, value);
    }
    // The client verifies certificates with the provider of the process; a second one is refused, and means the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.build().map_err(|error| wrong(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(bytes: &[u8]) -> Sealed {
        Sealed {
            digest: digest_of(bytes),
            bytes: bytes.to_vec(),
        }
    }

    #[tokio::test]
    async fn a_bundle_is_stored_once_and_checked_when_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("depot");
        for place in ["memory:", place.to_str().unwrap()] {
            let depot = Depot::open(place, None, &[]).unwrap();
            let one = sealed(b"one");
            depot.check().await.unwrap();
            depot.put(&one).await.unwrap();
            depot.put(&one).await.unwrap();
            let mut listed = Vec::new();
            let take = async |some: Vec<(Instant, String)>| {
                listed.extend(some.into_iter().map(|it| it.1));
                Ok::<(), DepotError>(())
            };
            depot.each(take).await.unwrap();
            assert_eq!(listed, std::slice::from_ref(&one.digest));
            assert_eq!(depot.get(&one.digest).await.unwrap(), b"one");
            let error = depot.get(&digest_of(b"two")).await.unwrap_err();
            assert!(matches!(error, DepotError::Missing(_)), "{error}");
            let bytes: &'static [u8] = b"other";
            depot
                .store
                .put(&depot.place(&one.digest), bytes.into())
                .await
                .unwrap();
            let error = depot.get(&one.digest).await.unwrap_err();
            assert!(matches!(error, DepotError::Damaged(_)), "{error}");
            depot.check().await.unwrap();
        }
    }

    #[test]
    fn a_place_that_cannot_be_understood_is_refused() {
        for place in ["", "ftp://example.org", "s3://bucket?colour=red"] {
            let error = Depot::open(place, None, &[]).unwrap_err();
            assert!(matches!(error, DepotError::Address(_)), "{place}: {error}");
        }
    }
}
