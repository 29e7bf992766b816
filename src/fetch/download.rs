//! Downloads of documents that are not archived, such as an article to import, with the same guard.

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Options, Proxy, dial, robots_txt, tls};
use crate::{
    content_coding::{self, CodingError},
    host::Origin,
    media_type::MediaType,
    text::with_causes,
    uri::{TargetUri, UriError},
};

/// A downloaded document.
#[derive(Clone, Debug, PartialEq)]
pub struct Downloaded {
    /// Its bytes, with content codings removed.
    pub body: Vec<u8>,
    /// Its media type, as the server says.
    pub media_type: MediaType,
    /// Its address after redirects.
    pub final_uri: TargetUri,
}

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Its address, or one that it redirects to, cannot be visited.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// Its host name does not resolve, or the guard refuses it.
    #[error("{uri}: {detail}")]
    Refused {
        /// The address.
        uri: TargetUri,
        /// What is wrong with it.
        detail: String,
    },
    /// The server did not answer with a document.
    #[error("{uri}: the server answered with status {status}")]
    Status {
        /// The address.
        uri: TargetUri,
        /// The status code.
        status: u16,
    },
    /// Too many redirects.
    #[error("{uri}: more than {most} redirects")]
    Redirects {
        /// The address.
        uri: TargetUri,
        /// The most redirects.
        most: usize,
    },
    /// The document is too long.
    #[error("{uri}: longer than {cap} bytes")]
    TooLong {
        /// The address.
        uri: TargetUri,
        /// The cap, in bytes.
        cap: u64,
    },
    /// Its content coding cannot be decoded.
    #[error("{uri}: {source}")]
    Coding {
        /// The address.
        uri: TargetUri,
        /// Why.
        #[source]
        source: CodingError,
    },
    /// The exchange failed.
    #[error("{uri}: {detail}")]
    Exchange {
        /// The address.
        uri: TargetUri,
        /// The message of the client, with its causes.
        detail: String,
    },
}

impl DownloadError {
    /// What happened, for an address that is a secret.
    pub(super) fn without_address(self) -> String {
        match self {
            Self::Refused { detail, .. } | Self::Exchange { detail, .. } => detail,
            Self::Uri(_) => "its address is not one of the web".to_owned(),
            Self::Status { status, .. } => format!("the server answered with status {status}"),
            Self::Redirects { most, .. } => format!("more than {most} redirects"),
            Self::TooLong { cap, .. } => format!("longer than {cap} bytes"),
            Self::Coding { source, .. } => source.to_string(),
        }
    }
}

/// Downloads the document at `url`, following redirects; every hop is checked as in a visit, and so are the caps.
///
/// # Errors
/// [`DownloadError`].
pub async fn download(url: &str, options: &Options) -> Result<Downloaded, DownloadError> {
    download_with(url, options, None).await
}

/// The same, with a key in the field `Authorization`, which only the origin of `url` gets.
///
/// # Errors
/// [`DownloadError`].
pub async fn download_with(
    url: &str,
    options: &Options,
    key: Option<&str>,
) -> Result<Downloaded, DownloadError> {
    let (mut uri, _) = TargetUri::parse(url)?;
    let origin = Origin::of(&uri);
    let mut redirects = 0;
    let client = client(options).map_err(|detail| DownloadError::Exchange {
        uri: uri.clone(),
        detail,
    })?;
    loop {
        check(&uri, options).await?;
        let failed = |error: reqwest::Error| DownloadError::Exchange {
            uri: uri.clone(),
            detail: with_causes(&error),
        };
        let mut request = client
            .get(uri.as_url().clone())
            .header("accept-encoding", "gzip, br, zstd, deflate");
        if let Some(key) = key.filter(|_| Origin::of(&uri) == origin) {
            request = request.header("authorization", key);
        }
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let field = |name: &str| {
            let values: Vec<String> = response
                .headers()
                .get_all(name)
                .iter()
                .map(|it| it.as_bytes().iter().map(|it| char::from(*it)).collect())
                .collect();
            (!values.is_empty()).then(|| values.join(","))
        };
        if matches!(status, 301 | 302 | 303 | 307 | 308)
            && let Some(location) = field("location")
        {
            if redirects == options.max_redirects {
                let most = redirects;
                return Err(DownloadError::Redirects { uri, most });
            }
            redirects += 1;
            uri = uri.join(&robots_txt::as_sent(location))?.0;
            continue;
        }
        if !(200..300).contains(&status) {
            return Err(DownloadError::Status { uri, status });
        }
        let media_type = MediaType::parse(&field("content-type").unwrap_or_default());
        let coding = field("content-encoding");
        let body = whole_body(response, &uri, options).await?;
        let decoded =
            content_coding::decode(&body, coding.as_deref(), &options.caps).map_err(|source| {
                DownloadError::Coding {
                    uri: uri.clone(),
                    source,
                }
            })?;
        return Ok(Downloaded {
            body: decoded.bytes,
            media_type,
            final_uri: uri,
        });
    }
}

/// Sends `body` to the service at `url`, and returns its answer. The address is checked as in a visit, and so are the caps;
/// redirects are not followed.
///
/// # Errors
/// [`DownloadError`].
pub async fn post(
    url: &str,
    media_type: &str,
    body: Vec<u8>,
    options: &Options,
) -> Result<Vec<u8>, DownloadError> {
    let (uri, _) = TargetUri::parse(url)?;
    let exchange = |detail| DownloadError::Exchange {
        uri: uri.clone(),
        detail,
    };
    let client = client(options).map_err(exchange)?;
    check(&uri, options).await?;
    let request = client
        .post(uri.as_url().clone())
        .header("content-type", media_type)
        .body(body);
    let response = request
        .send()
        .await
        .map_err(|error| exchange(with_causes(&error)))?;
    let status = response.status().as_u16();
    if !(200..300).contains(&status) {
        return Err(DownloadError::Status { uri, status });
    }
    whole_body(response, &uri, options).await
}

/// Checks whether an address can be visited. IP addresses never reach the resolver of the client, and a refusal there would
/// lose its message, so this is checked first.
pub(super) async fn check(uri: &TargetUri, options: &Options) -> Result<(), DownloadError> {
    let checked = match options.proxies.for_uri(uri) {
        Some(_) => dial::may_ask_through_proxy(uri, options).await,
        None => dial::addresses(uri, options).await.map(drop),
    };
    checked.map_err(|error| DownloadError::Refused {
        uri: uri.clone(),
        detail: error.detail,
    })
}

async fn whole_body(
    mut response: reqwest::Response,
    uri: &TargetUri,
    options: &Options,
) -> Result<Vec<u8>, DownloadError> {
    let mut body = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| DownloadError::Exchange {
            uri: uri.clone(),
            detail: with_causes(&error),
        })?
    {
        body.extend_from_slice(&piece);
        if body.len() as u64 > options.max_body {
            return Err(DownloadError::TooLong {
                uri: uri.clone(),
                cap: options.max_body,
            });
        }
    }
    Ok(body)
}

/// The client of downloads that are not archived, under the same guard as visits.
pub(super) fn client(options: &Options) -> Result<reqwest::Client, String> {
    let (config, _) = tls::Trust::of(options)?.config()?;
    let proxies = options.proxies.clone();
    let proxy = reqwest::Proxy::custom(move |url| {
        let (uri, _) = TargetUri::from_url(url.clone()).ok()?;
        proxies.for_uri(&uri).map(Proxy::to_url)
    });
    reqwest::Client::builder()
        .user_agent(&options.user_agent)
        .tls_backend_preconfigured(config)
        .dns_resolver(Guarded(Arc::new(options.clone())))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .proxy(proxy)
        .http1_only()
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.response_timeout)
        .timeout(options.total_timeout)
        .build()
        .map_err(|error| with_causes(&error))
}

/// Resolves names, and returns only addresses that pass the guard.
struct Guarded(Arc<Options>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let options = Arc::clone(&self.0);
        Box::pin(async move {
            // The port was checked with the address; here it is only a formality.
            let uri: TargetUri = format!("http://{}/", name.as_str()).parse()?;
            let found = if options.proxies.names(name.as_str()) {
                dial::look_up(name.as_str(), 0, &options).await.map(|all| {
                    let each = all.into_iter().map(|it| SocketAddr::new(it, 0));
                    each.collect()
                })
            } else {
                dial::addresses(&uri, &options).await
            };
            let found: Vec<SocketAddr> = found
                .map_err(|error| error.detail)?
                .into_iter()
                .map(|value| SocketAddr::new(value.ip(), 0))
                .collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
