//! Connections: a limited number of them, and each is closed if the client takes too long.

use std::{
    convert::Infallible,
    error::Error,
    io,
    net::IpAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::Sleep,
};

use super::client::Peer;

/// The longest head of a request, in bytes: it can contain nested addresses.
const LONGEST_HEAD: usize = 64 << 10;

/// The least bytes of an answer that a client must take within each `patience`.
const LEAST: usize = 16 << 10;

/// The bounds of `patience`, whatever the setting says.
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
const MOST_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to pause after accepting failed for lack of a resource that others must free.
const PAUSE: Duration = Duration::from_secs(1);

/// Limits on clients.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most open connections of each origin; more wait until one is closed.
    pub connections: usize,
    /// How long a client can take to send the head of its next request, and to take each 16 kB of an answer.
    pub patience: Duration,
}

impl Limits {
    /// `patience` within its bounds.
    pub(super) fn patience(&self) -> Duration {
        self.patience.clamp(LEAST_PATIENCE, MOST_PATIENCE)
    }
}

/// Answers with `service` on every connection to `listener`, until `stop` turns true and requests in progress are answered.
pub(super) async fn answer_on<S, B>(
    listener: TcpListener,
    limits: Limits,
    service: S,
    stop: watch::Receiver<bool>,
) where
    S: Service<hyper::Request<Incoming>, Response = hyper::Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>, Data: Send> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(
        limits.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let patience = limits.patience();
    let mut open = JoinSet::new();
    let mut stopped = pin!(asked(stop.clone()));
    loop {
        while open.try_join_next().is_some() {}
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            it = next => it,
            () = &mut stopped => break,
        };
        let (service, stop) = (service.clone(), stop.clone());
        open.spawn(async move {
            connection((stream, peer), patience, service, stop).await;
            drop(place);
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// Resolves on the signal to stop, or when its sender is gone.
pub(super) async fn asked(mut stop: watch::Receiver<bool>) {
    // A lost sender counts as the signal.
    let _ = stop.wait_for(|it| *it).await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer.ip().to_canonical()),
            // The client left before it was accepted.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn connection<S, B>(
    (stream, peer): (TcpStream, IpAddr),
    patience: Duration,
    service: S,
    stop: watch::Receiver<bool>,
) where
    S: Service<hyper::Request<Incoming>, Response = hyper::Response<B>, Error = Infallible>,
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
{
    let io = TokioIo::new(Taken {
        stream,
        patience,
        waiting: None,
        since: 0,
    });
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        service.call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(io, service)
    );
    let ended = tokio::select! {
        it = connection.as_mut() => it,
        () = asked(stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended before its answer was taken");
    }
}

/// A stream that fails if the client does not take what is written.
struct Taken {
    stream: TcpStream,
    patience: Duration,
    /// Runs from the first time that the client took nothing more.
    waiting: Option<Pin<Box<Sleep>>>,
    /// The bytes taken since.
    since: usize,
}

impl Taken {
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = written {
            self.since += outcome.as_ref().map_or(0, |outcome| *outcome);
            return Poll::Ready(outcome);
        }
        loop {
            let patience = self.patience;
            let waiting = self
                .waiting
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
            if waiting.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if self.since < LEAST {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            (self.waiting, self.since) = (None, 0);
        }
    }
}

impl AsyncRead for Taken {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bytes);
        this.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// After a flush, everything was taken: the next answer starts from zero.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        (this.waiting, this.since) = (None, 0);
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
