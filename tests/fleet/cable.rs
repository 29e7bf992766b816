//! `Cable`: what is between a program and a server on 127.0.0.1, and can be cut for a while.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// A port that leads to another one.
pub(crate) struct Cable {
    port: u16,
    is_cut: Arc<AtomicBool>,
    /// Both ends of each connection.
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cable {
    /// A cable to a server.
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let cable = Self {
            port: listener.local_addr().unwrap().port(),
            is_cut: Arc::default(),
            open: Arc::default(),
        };
        let (is_cut, open) = (Arc::clone(&cable.is_cut), Arc::clone(&cable.open));
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                for end in [&client, &server] {
                    open.lock().unwrap().push(end.try_clone().unwrap());
                }
                if is_cut.load(Ordering::SeqCst) {
                    close(&open);
                    continue;
                }
                pass(client.try_clone().unwrap(), server.try_clone().unwrap());
                pass(server, client);
            }
        });
        cable
    }

    /// Its port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections, and lets none be made for a while.
    pub(crate) fn cut(&self, time: Duration) {
        self.is_cut.store(true, Ordering::SeqCst);
        close(&self.open);
        thread::sleep(time);
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

fn close(open: &Mutex<Vec<TcpStream>>) {
    for end in open.lock().unwrap().drain(..) {
        // It may have ended by itself.
        let _ = end.shutdown(Shutdown::Both);
    }
}

/// Passes on what one end says, until it says no more.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
