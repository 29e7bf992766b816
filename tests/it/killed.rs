//! Programs killed in the middle of what they do.

use std::{process::Stdio, time::Duration};

use crate::project::Project;

/// The same moments every time, as far as the machine lets them; others with `STILLSAYS_SEED`.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        let seed = std::env::var("STILLSAYS_SEED").ok();
        let seed = seed.and_then(|it| it.parse().ok()).unwrap_or(20_261_123);
        println!("the seed of the moments is {seed}");
        Self(seed)
    }

    /// Between 0 and 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }
}

/// Runs the program and kills it after so long (SIGKILL); says whether it was still at it.
pub(crate) fn kill_after(project: &Project, arguments: &[&str], after: Duration) -> bool {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("stillsays"))
        .args(arguments)
        .current_dir(project.path("."))
        .env_clear()
        .env("USER", "ada")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let at_it = child.try_wait().unwrap().is_none();
    if at_it {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    at_it
}
