//! `stillsays user`: the accounts of `serve`, their roles, passwords and tokens.

use std::{
    fmt::Write as _,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use clap::{Args, Subcommand, ValueEnum};

use crate::{
    account::{Account, AccountError, Accounts, Hash, Password, Role, Scope, Token},
    clock::Instant,
    config::Settings,
    schedule::parse_interval,
    text::for_terminal,
};

use super::{Exit, Failure, Session, session::print};

/// Arguments of `user`.
#[derive(Args, Debug)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Add an account; its password is asked for twice
    Add(AddArgs),
    /// List the accounts and their tokens
    List,
    /// Give an account another role
    Role(RoleArgs),
    /// Set the password of an account, which ends its sessions
    Password(PasswordArgs),
    /// Disable an account and end its sessions and tokens; its decisions stay
    Disable(DisableArgs),
    /// Make a token for a program, or revoke one; a token is shown once
    Token(TokenArgs),
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleName {
    /// See everything
    Viewer,
    /// Also decide, add copies, and mark edits as done
    Reviewer,
    /// Also administer accounts
    Admin,
}

impl RoleName {
    fn role(self) -> Role {
        match self {
            Self::Viewer => Role::Viewer,
            Self::Reviewer => Role::Reviewer,
            Self::Admin => Role::Admin,
        }
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScopeName {
    /// Read by the API
    Read,
    /// Also decide by the API, as far as the role allows
    Decide,
    /// Read feeds
    Feeds,
    /// Read /metrics
    Metrics,
}

impl ScopeName {
    fn scope(self) -> Scope {
        match self {
            Self::Read => Scope::Read,
            Self::Decide => Scope::Decide,
            Self::Feeds => Scope::Feeds,
            Self::Metrics => Scope::Metrics,
        }
    }
}

#[derive(Args, Debug)]
struct AddArgs {
    /// The name, under which decisions are recorded
    #[arg(value_name = "NAME")]
    name: String,
    /// What the person may do
    #[arg(long, value_name = "ROLE", default_value = "reviewer")]
    role: RoleName,
    #[command(flatten)]
    password: PasswordFrom,
}

#[derive(Args, Debug)]
struct RoleArgs {
    /// The account
    #[arg(value_name = "NAME")]
    name: String,
    /// What the person may do
    #[arg(value_name = "ROLE")]
    role: RoleName,
}

#[derive(Args, Debug)]
struct PasswordArgs {
    /// The account
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    password: PasswordFrom,
}

#[derive(Args, Debug)]
struct PasswordFrom {
    /// Read the password from stdin: its first line
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args, Debug)]
struct DisableArgs {
    /// The account
    #[arg(value_name = "NAME")]
    name: String,
    /// Let it be used again
    #[arg(long)]
    undo: bool,
}

#[derive(Args, Debug)]
struct TokenArgs {
    /// The account that the token acts for
    #[arg(value_name = "NAME", required_unless_present = "revoke")]
    name: Option<String>,
    /// What the token is good for
    #[arg(
        long,
        value_name = "SCOPE",
        default_value = "read",
        conflicts_with = "revoke"
    )]
    scope: ScopeName,
    /// What it is for, in your words
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        conflicts_with = "revoke"
    )]
    label: String,
    /// How long it is good, such as `90d` [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = interval, conflicts_with = "revoke")]
    expires: Option<TimeDelta>,
    /// Revoke the token of this number instead
    #[arg(long, value_name = "NUMBER", conflicts_with = "name")]
    revoke: Option<i64>,
}

fn interval(text: &str) -> Result<TimeDelta, String> {
    parse_interval(text).map_err(|error| error.to_string())
}

impl UserArgs {
    /// Runs the verb.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.act {
            Act::Add(add) => add.run(session)?,
            Act::List => list(session)?,
            Act::Role(it) => {
                accounts(session)?.set_role(&it.name, it.role.role())?;
                session.remark(&format!("{} is {} now", it.name, it.role.role().word()));
            }
            Act::Password(it) => it.run(session)?,
            Act::Disable(it) => it.run(session)?,
            Act::Token(it) => it.run(session)?,
        }
        Ok(Exit::Done)
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let settings = &session.config.settings;
        let path = accounts_file(settings, &settings.store);
        let is_first = !path.exists();
        if is_first && self.role != RoleName::Admin {
            return Err(
                Failure::usage(anyhow::anyhow!("the first account has to be an admin")).hint(
                    format!("{} user add {} --role admin", session.program, self.name),
                ),
            );
        }
        let password = self.password.read(&self.name)?;
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let accounts = Accounts::create(&path)?;
        accounts.add(&self.name, self.role.role(), &password, session.clock.now())?;
        session.remark(&format!("{} is {} now", self.name, self.role.role().word()));
        if is_first {
            session.remark("from now on, `serve` asks everybody to log in");
        }
        Ok(())
    }
}

impl PasswordArgs {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let accounts = accounts(session)?;
        let name = accounts.account(&self.name)?.name;
        let password = self.password.read(&name)?;
        accounts.set_password(&name, &password)?;
        session.remark(&format!(
            "{name} has another password; all sessions of {name} have ended"
        ));
        Ok(())
    }
}

impl DisableArgs {
    fn run(&self, session: &Session) -> Result<(), Failure> {
        accounts(session)?.disable(&self.name, !self.undo, session.clock.now())?;
        session.remark(&if self.undo {
            format!("{} can log in again", self.name)
        } else {
            format!(
                "{name} cannot log in any more; undo: {} user disable {name} --undo",
                session.program,
                name = self.name
            )
        });
        Ok(())
    }
}

impl TokenArgs {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let (accounts, now) = (accounts(session)?, session.clock.now());
        if let Some(number) = self.revoke {
            accounts.revoke(number, now)?;
            session.remark(&format!("token {number} is revoked"));
            return Ok(());
        }
        let name = self.name.unwrap_or_default();
        let until = self.expires.map(|lasts| now + lasts);
        let token = accounts.issue(&name, &self.label, self.scope.scope(), (now, until))?;
        session.remark("keep this token: it is not shown again");
        print(&token)?;
        Ok(())
    }
}

impl PasswordFrom {
    /// The hash of the password that is typed twice, or that comes on stdin.
    fn read(&self, name: &str) -> Result<Hash, Failure> {
        let text = if self.password_stdin {
            let mut text = String::new();
            // One byte more than a password may have shows that it is too long.
            io::stdin().take(1_026).read_to_string(&mut text)?;
            text.lines().next().unwrap_or_default().to_owned()
        } else {
            typed_twice(name)?
        };
        Ok(Password::of(name, &text)?.hash()?)
    }
}

fn typed_twice(name: &str) -> Result<String, Failure> {
    let ask = |words: String| {
        rpassword::prompt_password(words).map_err(|error| {
            Failure::usage(
                anyhow::Error::from(error).context("the password cannot be read from the terminal"),
            )
            .hint("without a terminal, use --password-stdin")
        })
    };
    let first = ask(format!("Password of {name}: "))?;
    if first != ask("The same again: ".to_owned())? {
        return Err(Failure::usage(anyhow::anyhow!("the two passwords differ"))
            .hint("nothing was changed; try again"));
    }
    Ok(first)
}

/// The file with the accounts of the archive at `store`.
pub(super) fn accounts_file(settings: &Settings, store: &Path) -> PathBuf {
    match &settings.serve.accounts {
        it if it.as_os_str().is_empty() => Accounts::beside(store),
        it => it.clone(),
    }
}

fn accounts(session: &Session) -> Result<Accounts, Failure> {
    let settings = &session.config.settings;
    let accounts = Accounts::open(&accounts_file(settings, &settings.store))?;
    accounts.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("there are no accounts yet"))
            .hint(format!("{} user add NAME --role admin", session.program))
    })
}

fn list(session: &Session) -> Result<(), Failure> {
    let accounts = accounts(session)?;
    let mut text = String::new();
    for account in accounts.list()? {
        line(&mut text, &account);
    }
    for token in accounts.tokens()? {
        token_line(&mut text, &token, session.clock.now());
    }
    print(&for_terminal(&text))?;
    Ok(())
}

fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn line(text: &mut String, account: &Account) {
    let seen = account.seen.map_or_else(
        || "never seen".to_owned(),
        |at| format!("last seen {}", minute(at)),
    );
    let disabled = account
        .disabled
        .map_or_else(String::new, |at| format!(", disabled since {}", minute(at)));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}  {}, {seen}{disabled}",
        account.name,
        account.role.word()
    );
}

fn token_line(text: &mut String, token: &Token, now: Instant) {
    let state = match (token.revoked, token.expires) {
        (Some(it), _) => format!("revoked {}", minute(it)),
        (None, Some(it)) if it <= now => format!("expired {}", minute(it)),
        (None, Some(it)) => format!("good until {}", minute(it)),
        (None, None) => "good".to_owned(),
    };
    let used = token.used.map_or_else(
        || "never used".to_owned(),
        |at| format!("last used {}", minute(at)),
    );
    let label = if token.label.is_empty() {
        String::new()
    } else {
        format!(" “{}”", token.label)
    };
    let _ = writeln!(
        text,
        "token {} of {}{label}: {}, {state}, {used}",
        token.id,
        token.account,
        token.scope.word()
    );
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}
