//! Accounts, sessions, tokens and attempts, on a file.

use tempfile::TempDir;

use super::*;
use crate::clock::parse_warc_date;

fn now() -> Instant {
    parse_warc_date("2026-11-27T12:00:00Z").unwrap()
}

fn hash() -> Hash {
    // Stored as it is: these tests verify no password.
    Hash::stored("$argon2id$…".into())
}

fn accounts() -> (TempDir, Accounts) {
    let folder = TempDir::new().unwrap();
    let accounts = Accounts::create(&folder.path().join("a.accounts")).unwrap();
    accounts.add("ada", Role::Admin, &hash(), now()).unwrap();
    accounts.add("ben", Role::Reviewer, &hash(), now()).unwrap();
    (folder, accounts)
}

const LIFETIME: Lifetime = Lifetime {
    idle: TimeDelta::hours(12),
    most: TimeDelta::days(30),
};

#[test]
fn the_file_is_for_its_owner_alone_and_has_no_secret_in_it() {
    let (folder, accounts) = accounts();
    let cookie = accounts
        .begin_session("ada", "192.0.2.1", LIFETIME, now())
        .unwrap();
    let token = accounts
        .issue("ada", "cron", Scope::Read, (now(), None))
        .unwrap();
    assert!(token.starts_with("ss_") && token.len() == 67, "{token}");
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in [cookie.as_str(), &token, &token[3..]] {
            let found = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!found, "{} has a secret", path.display());
        }
        files += 1;
    }
    assert!(files >= 1);
    assert!(
        Accounts::open(&folder.path().join("none"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_name_is_never_used_again_and_cannot_be_anything() {
    let (_folder, accounts) = accounts();
    accounts.disable("ben", true, now()).unwrap();
    for name in ["ben", "Ben", "BEN"] {
        let again = accounts.add(name, Role::Viewer, &hash(), now());
        assert!(matches!(again, Err(AccountError::Taken { .. })), "{name}");
    }
    let long = "a".repeat(65);
    for name in ["", "a b", "a\n", "<b>", "a:b", "\u{202e}a", long.as_str()] {
        let bad = accounts.add(name, Role::Viewer, &hash(), now());
        assert!(matches!(bad, Err(AccountError::BadName { .. })), "{name:?}");
    }
    accounts
        .add("Łukasz.Nowak@example", Role::Viewer, &hash(), now())
        .unwrap();
    assert_eq!(accounts.list().unwrap().len(), 3);
}

#[test]
fn the_last_admin_stays() {
    let (_folder, accounts) = accounts();
    let last = |it: Result<(), AccountError>| matches!(it, Err(AccountError::LastAdmin { .. }));
    assert!(last(accounts.disable("ADA", true, now())));
    assert!(last(accounts.set_role("ada", Role::Viewer)));
    accounts.set_role("ben", Role::Admin).unwrap();
    accounts.set_role("ada", Role::Viewer).unwrap();
    assert!(last(accounts.disable("ben", true, now())));
    accounts.disable("ada", true, now()).unwrap();
    accounts.disable("ada", false, now()).unwrap();
    assert_eq!(accounts.account("ada").unwrap().disabled, None);
    assert!(matches!(
        accounts.set_role("eve", Role::Admin),
        Err(AccountError::NoSuch { .. })
    ));
}

#[test]
fn a_session_ends_when_it_is_idle_or_old_or_ended() {
    let (_folder, accounts) = accounts();
    let begin = || {
        accounts
            .begin_session("ben", "192.0.2.1", LIFETIME, now())
            .unwrap()
    };
    let lasts = |shown: &str, hours: i64| {
        let at = now() + TimeDelta::hours(hours);
        accounts.session(shown, LIFETIME, at).unwrap().is_some()
    };
    let idle = begin();
    assert!(lasts(&idle, 12));
    // Its use at hour 12 counts.
    assert!(lasts(&idle, 23) && !lasts(&idle, 36));
    let used = begin();
    assert!((1..=72).all(|it| lasts(&used, it * 10)));
    assert!(!lasts(&used, 721));
    assert!(!lasts("", 1) && !lasts(&"0".repeat(64), 1));

    let (one, other) = (begin(), begin());
    accounts.log_out(&one).unwrap();
    assert!(!lasts(&one, 0) && lasts(&other, 0));
    let listed = accounts.sessions(LIFETIME, now()).unwrap();
    let id = listed.iter().map(|it| it.id).max().unwrap();
    accounts.end_session(id).unwrap();
    assert!(!lasts(&other, 0));
    assert!(accounts.end_session(id).is_err());
}

#[test]
fn a_new_password_and_a_disabled_account_end_all_sessions() {
    let (_folder, accounts) = accounts();
    let begin = |name: &str| {
        accounts
            .begin_session(name, "192.0.2.1", LIFETIME, now())
            .unwrap()
    };
    let lasts = |shown: &str| accounts.session(shown, LIFETIME, now()).unwrap().is_some();
    let (ada, ben) = (begin("ada"), begin("BEN"));
    accounts.set_password("ben", &hash()).unwrap();
    assert!(lasts(&ada) && !lasts(&ben));
    let ben = begin("ben");
    let token = accounts
        .issue("ben", "", Scope::Read, (now(), None))
        .unwrap();
    accounts.disable("ben", true, now()).unwrap();
    assert!(!lasts(&ben));
    accounts.disable("ben", false, now()).unwrap();
    assert!(!lasts(&ben), "a session does not come back");
    assert_eq!(accounts.token(&token, now()).unwrap(), None);
    let ben = begin("ben");
    accounts.rehash("ben", &hash()).unwrap();
    assert!(
        lasts(&ben),
        "a better hash of the same password ends nothing"
    );
}

#[test]
fn a_token_is_good_until_it_expires_or_is_revoked() {
    let (_folder, accounts) = accounts();
    let day = now() + TimeDelta::days(1);
    let short = accounts
        .issue("ben", "one day", Scope::Feeds, (now(), Some(day)))
        .unwrap();
    let long = accounts
        .issue("ben", "cron", Scope::Decide, (now(), None))
        .unwrap();
    let good = |shown: &str, at| accounts.token(shown, at).unwrap().map(|it| it.label);
    assert_eq!(good(&short, now()).as_deref(), Some("one day"));
    assert_eq!(good(&short, day), None);
    assert_eq!(good(&long, day).as_deref(), Some("cron"));
    let tokens = accounts.tokens().unwrap();
    assert_eq!(tokens[0].used, Some(day));
    accounts.revoke(tokens[0].id, day).unwrap();
    assert_eq!(good(&long, day), None);
    assert!(accounts.revoke(tokens[0].id, day).is_err());
}

#[test]
fn attempts_are_counted_by_name_and_by_address() {
    let (_folder, accounts) = accounts();
    let minute = |it: i64| now() + TimeDelta::minutes(it);
    let locked = |name: &str, address: &str, at: i64| {
        let until = accounts.locked_until(name, address, minute(at)).unwrap();
        until.map(|it| (it - now()).num_minutes())
    };
    for at in 0..5 {
        assert_eq!(locked("ben", "192.0.2.9", at), None, "{at}");
        accounts
            .note_failure("ben", "192.0.2.9", minute(at))
            .unwrap();
    }
    assert_eq!(locked("BEN", "192.0.2.9", 5), Some(15));
    assert_eq!(locked("ben", "192.0.2.10", 14), Some(15), "from anywhere");
    assert_eq!(locked("ben", "192.0.2.9", 15), None);
    assert_eq!(locked("ada", "192.0.2.9", 5), None);
    for at in 0..15 {
        accounts
            .note_failure(&format!("nobody{at}"), "192.0.2.9", minute(5))
            .unwrap();
    }
    assert_eq!(locked("ada", "192.0.2.9", 6), Some(15));
    assert_eq!(locked("ada", "192.0.2.10", 6), None);
    assert_eq!(accounts.failed(3).unwrap().len(), 3);
}

#[test]
fn strangers_do_not_keep_a_person_out_where_they_have_logged_in_before() {
    let (_folder, accounts) = accounts();
    let locked = |address: &str| {
        accounts
            .locked_until("ben", address, now())
            .unwrap()
            .is_some()
    };
    accounts.note_login("ben", "192.0.2.1", now()).unwrap();
    for _ in 0..50 {
        accounts.note_failure("ben", "203.0.113.7", now()).unwrap();
    }
    assert!(locked("203.0.113.7") && locked("203.0.113.8"));
    assert!(!locked("192.0.2.1"));
    for _ in 0..5 {
        assert!(!locked("192.0.2.1"));
        accounts.note_failure("ben", "192.0.2.1", now()).unwrap();
    }
    assert!(locked("192.0.2.1"), "but not for any number of attempts");
    accounts.note_login("ben", "192.0.2.1", now()).unwrap();
    assert!(!locked("192.0.2.1"));
}
