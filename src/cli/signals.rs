//! Ctrl-C and SIGTERM: the first asks the run to end, and what is being fetched is finished and kept; the second ends at once.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::{Exit, Failure};

/// Who asked the program to stop, if anybody did.
#[derive(Clone)]
pub(super) struct Stop {
    turned: watch::Receiver<bool>,
    by: Arc<AtomicU8>,
}

impl Stop {
    /// Begins to listen, on a thread of its own: a comparison that keeps the run's thread busy does not keep a second
    /// signal from ending it.
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
                    // Nobody listens any more when the run is over.
                    let _ = turn.send(true);
                }
            });
        });
        Ok(Self { turned, by })
    }

    /// Turns true when somebody asks to stop.
    pub(super) fn receiver(&self) -> watch::Receiver<bool> {
        self.turned.clone()
    }

    /// The exit code of whoever asked first.
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
    reason = "asked twice, a person wants the program gone; the store is durable at any moment"
)]
fn end_now(exit: Exit) {
    std::process::exit(i32::from(exit.code()));
}
