//! Ctrl-C and SIGTERM: the first ends the run after the request in progress is finished and stored; the second ends at once.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::{Exit, Failure};

/// The signal to stop, if one has come.
#[derive(Clone)]
pub(super) struct Stop {
    turned: watch::Receiver<bool>,
    by: Arc<AtomicU8>,
}

impl Stop {
    /// Starts to listen on a thread of its own, so that a second signal works even while a comparison keeps the main thread
    /// busy.
    pub(super) fn listen() -> Result<Self, Failure> {
        let (turn, turned) = watch::channel(false);
        let by = Arc::new(AtomicU8::new(0));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let (mut interrupts, mut terminations) = {
            let _inside = runtime.enter();
            (
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            )
        };
        let seen = Arc::clone(&by);
        std::thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    let exit = tokio::select! {
                        Some(()) = interrupts.recv() => Exit::Interrupted,
                        Some(()) = terminations.recv() => Exit::Terminated,
                        else => return,
                    };
                    if seen.swap(exit.code(), Ordering::SeqCst) != 0 {
                        end_now(exit);
                    }
                    // After the run, the signal has no receiver.
                    let _ = turn.send(true);
                }
            });
        });
        Ok(Self { turned, by })
    }

    /// A receiver that turns true when a signal comes.
    pub(super) fn receiver(&self) -> watch::Receiver<bool> {
        self.turned.clone()
    }

    /// The exit code for the first signal that came.
    pub(super) fn exit(&self) -> Option<Exit> {
        match self.by.load(Ordering::SeqCst) {
            130 => Some(Exit::Interrupted),
            143 => Some(Exit::Terminated),
            _ => None,
        }
    }
}

#[expect(
    clippy::exit,
    reason = "a second signal means now; the store is durable at any moment"
)]
fn end_now(exit: Exit) {
    std::process::exit(i32::from(exit.code()));
}
