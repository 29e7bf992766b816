//! Connections: no more of them than there is room for, and none kept by a client that takes for ever.

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::Full;
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::Sleep,
};

/// The longest head of a request: addresses stand in it, one within the other.
const LONGEST_HEAD: usize = 64 << 10;

/// The least of an answer that is taken while a client's patience runs out once.
const LEAST: usize = 16 << 10;

/// Between these patience is, whatever is set: nobody can ask in no time, and no clock counts for ever.
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
const MOST_PATIENCE: Duration = Duration::from_hours(24);

/// How long nothing is accepted after accepting failed for want of something that others have to give back.
const PAUSE: Duration = Duration::from_secs(1);

/// What clients are given.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections each of the two origins keeps open; further ones wait until one is closed.
    pub connections: usize,
    /// How long a client may take for the head of its next request, and for each 16 kB of an answer.
    pub patience: Duration,
}

/// What is sent back.
pub(super) type Response = hyper::Response<Full<Bytes>>;

/// Answers on every connection that comes to `listener`, until `stop` turns true and those that are being answered are.
pub(super) async fn answer_on<A, F>(
    listener: TcpListener,
    limits: Limits,
    answer: A,
    stop: watch::Receiver<bool>,
) where
    A: Fn(hyper::Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(
        limits.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let patience = limits.patience.clamp(LEAST_PATIENCE, MOST_PATIENCE);
    let mut open = JoinSet::new();
    let mut stopped = pin!(asked(stop.clone()));
    loop {
        while open.try_join_next().is_some() {}
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, stream) = tokio::select! {
            it = next => it,
            () = &mut stopped => break,
        };
        let (answer, stop) = (answer.clone(), stop.clone());
        open.spawn(async move {
            connection(stream, patience, answer, stop).await;
            drop(place);
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// Resolves when somebody asks to stop, or nobody is left who could.
pub(super) async fn asked(mut stop: watch::Receiver<bool>) {
    // That the sender is gone is as good as its word.
    let _ = stop.wait_for(|it| *it).await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // The client went before it was accepted.
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

async fn connection<A, F>(
    stream: TcpStream,
    patience: Duration,
    answer: A,
    stop: watch::Receiver<bool>,
) where
    A: Fn(hyper::Request<Incoming>) -> F,
    F: Future<Output = Response>,
{
    let service = service_fn(move |request| {
        let answering = answer(request);
        async { Ok::<_, Infallible>(answering.await) }
    });
    let io = TokioIo::new(Taken {
        stream,
        patience,
        waiting: None,
        since: 0,
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

/// A stream that fails where nobody takes what is written to it.
struct Taken {
    stream: TcpStream,
    patience: Duration,
    /// Runs from the first moment at which nothing more was taken.
    waiting: Option<Pin<Box<Sleep>>>,
    /// What was taken since.
    since: usize,
}

impl Taken {
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = written {
            self.since += outcome.as_ref().map_or(0, |it| *it);
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

    /// What is flushed was all taken: the next answer begins anew.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        (this.waiting, this.since) = (None, 0);
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
