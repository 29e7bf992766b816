//! `stillsays prune`: removes old payloads by the rules under `[retention]`.

use clap::Args;

use crate::{
    config::RetentionSettings,
    pipeline::{self, PdfReader, Plan, Rules},
    store::{Access, Store, Weight},
    text::{counted, for_terminal},
};

use super::{Exit, Failure, Session, archive::Archive, session::print};

/// Arguments of `prune`.
#[derive(Args, Debug)]
pub(super) struct PruneArgs {
    /// Show what would be removed, and change nothing; with --verbose, for each address
    #[arg(long)]
    dry_run: bool,
}

impl PruneArgs {
    /// Removes what the rules no longer keep, or shows it with `--dry-run`.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let rules = rules(&settings.retention);
        if rules.thin.is_empty() {
            session.remark("nothing to remove: there is no rule in retention.thin");
            return Ok(Exit::Done);
        }
        let now = session.clock.now();
        let pdf = PdfReader::this_program();
        if self.dry_run {
            let store = Store::open(&settings.store, Access::ReadOnly)?;
            let plan = pipeline::plan_retention(&store, &rules, now, &pdf)?;
            tell(session, &plan, "would be removed")?;
            return Ok(Exit::Done);
        }
        let archive = Archive::alone(session, "prune", Access::ReadWrite)?;
        let plan = archive.write(|store| {
            let plan = pipeline::plan_retention(store, &rules, now, &pdf)?;
            if !plan.removals.is_empty() {
                store.remove_payloads(plan.removals.clone(), now, Some(&session.person()))?;
            }
            Ok(plan)
        })?;
        tell(session, &plan, "removed")?;
        if !plan.removals.is_empty() {
            let freed = archive.write(|store| Ok(store.give_back()?))?;
            session.remark(&format!("the archive is {} smaller", size(freed)));
        }
        Ok(Exit::Done)
    }
}

fn rules(settings: &RetentionSettings) -> Rules {
    Rules {
        thin: settings.thin.clone(),
        changes: settings.changes,
        latest: settings.latest,
    }
}

fn tell(session: &Session, plan: &Plan, done: &str) -> Result<(), Failure> {
    let one = |count: usize, weight: Weight| {
        format!(
            "{} {done}: {} as received, {} as stored",
            counted(count, "payload", "payloads"),
            size(weight.plain),
            size(weight.kept)
        )
    };
    if session.verbose {
        for (uri, (count, weight)) in &plan.by_address {
            print(&for_terminal(&format!("{uri}: {}", one(*count, *weight))))?;
        }
    }
    print(&format!(
        "{}, of {}",
        one(plan.removals.len(), plan.weight),
        counted(plan.payloads, "payload", "payloads")
    ))?;
    Ok(())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
