//! A command that gets a message as JSON on stdin, and reports by its exit code whether it accepted it; and `sendmail`.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Outcome, plain::clean};

/// The pause between two checks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Runs a command with `input`, for at most `time`. It gets the environment of this program.
#[must_use]
pub fn run(command: &[String], input: &[u8], time: Duration) -> Outcome {
    let Some((program, arguments)) = command.split_first() else {
        return Outcome::later("no command");
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Outcome::later(format!("{program} cannot be started: {error}")),
    };
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let given = input.to_vec();
    // Both end with the child; processes that it starts may keep them open, so they are not waited for.
    thread::spawn(move || {
        // A command that does not read its input still reports by its exit code.
        let _ = stdin.map(|mut pipe| pipe.write_all(&given));
    });
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        // Its output is the reason of the failure; without output, the exit code is enough.
        let _ = stderr.map(|pipe| pipe.take(4_096).read_to_end(&mut said));
        let _ = sender.send(said);
    });
    let end = Instant::now() + time;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => thread::sleep(LOOK),
            _ => {
                // It may have ended by itself in the meantime.
                let _ = child.kill();
                let _ = child.wait();
                let seconds = time.as_secs();
                return Outcome::later(format!("{program} had not ended after {seconds} s"));
            }
        }
    };
    if status.success() {
        return Outcome::Sent;
    }
    let said = receiver.recv_timeout(Duration::from_millis(200));
    let said = String::from_utf8_lossy(&said.unwrap_or_default()).into_owned();
    let said = clean(&said, 200);
    let code = status
        .code()
        .map_or("a signal".to_owned(), |it| format!("code {it}"));
    let colon = if said.is_empty() { "" } else { ": " };
    Outcome::later(format!("{program} ended with {code}{colon}{said}"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, time: Duration) -> Outcome {
        let command = ["sh", "-c", script].map(str::to_owned);
        run(&command, b"{}", time)
    }

    #[test]
    fn a_command_takes_a_message_with_exit_code_0() {
        let long = Duration::from_secs(60);
        assert_eq!(shell("test \"$(cat)\" = '{}'", long), Outcome::Sent);
        assert_eq!(shell("exit 0", long), Outcome::Sent);
        let failed = shell("echo 'no room' >&2; exit 3", long);
        assert_eq!(failed, Outcome::later("sh ended with code 3: no room"));
        let missing = run(&["/nowhere/x".to_owned()], b"", long);
        assert!(matches!(missing, Outcome::Later { .. }));
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let began = Instant::now();
        let outcome = shell("sleep 600", Duration::from_millis(50));
        assert!(matches!(outcome, Outcome::Later { .. }), "{outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
