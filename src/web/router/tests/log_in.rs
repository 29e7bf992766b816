//! The log-in: sessions that nobody chose before, attempts that are counted, forms that are kept.

use super::*;

/// The form of the log-in, with its cookie and token.
async fn log_in_form(serving: &Serving) -> (String, String) {
    let form = serving.ask("GET", "/login", &[], "").await;
    let cookie = form
        .field("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let token = form.text.split_once("name=\"token\" value=\"").unwrap().1;
    (cookie, token.split_once('"').unwrap().0.to_owned())
}

async fn log_in(
    serving: &Serving,
    (name, password): (&str, &str),
    cookie: &str,
    rest: &str,
) -> Came {
    let (form, token) = log_in_form(serving).await;
    let cookie = format!("{form}; {cookie}");
    let body = format!(
        "token={token}&name={name}&password={}{rest}",
        password.replace(' ', "+")
    );
    let fields = [
        ("origin", SITE),
        ("cookie", cookie.as_str()),
        ("peer", "192.0.2.1"),
    ];
    serving.ask("POST", "/login", &fields, &body).await
}

#[tokio::test]
async fn a_log_in_begins_a_session_that_nobody_chose_before() {
    let serving = Serving::new(true);
    let (before, _) = serving.session("ben");
    let came = log_in(&serving, ("ada", PASSWORD), &before, "&to=/activity").await;
    assert_eq!(
        (came.status.as_u16(), came.field("location")),
        (303, "/activity"),
        "{}",
        came.text
    );
    let cookie = came
        .fields
        .get_all("set-cookie")
        .iter()
        .next()
        .unwrap()
        .to_str()
        .unwrap();
    for word in ["stillsays=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure") && !cookie.contains(before.as_str()),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(
        serving
            .ask("GET", "/", &[("cookie", &session)], "")
            .await
            .status,
        200
    );
    let old = serving.ask("GET", "/", &[("cookie", &before)], "").await;
    assert_eq!(old.status, 302, "the session of before has ended");

    for to in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
    ] {
        let came = log_in(&serving, ("ada", PASSWORD), "", &format!("&to={to}")).await;
        assert_eq!(came.field("location"), "/", "{to}");
    }
    let (form, token) = log_in_form(&serving).await;
    let (other, _) = log_in_form(&serving).await;
    let body = format!(
        "token={token}&name=ada&password={}",
        PASSWORD.replace(' ', "+")
    );
    for (origin, cookie) in [
        ("", &form),
        ("null", &form),
        (REPLAY, &form),
        (SITE, &other),
        (SITE, &String::new()),
    ] {
        let came = serving
            .ask(
                "POST",
                "/login",
                &[("origin", origin), ("cookie", cookie)],
                &body,
            )
            .await;
        assert_eq!(came.status, 403, "{origin} {cookie}");
        assert!(
            !came.field("set-cookie").starts_with("stillsays="),
            "{origin} {cookie}"
        );
    }
}

#[tokio::test]
async fn with_tls_the_cookie_is_bound_to_the_host() {
    let serving = Serving::new(true);
    let fields = [("peer", "10.0.0.1"), ("x-forwarded-proto", "https")];
    let form = serving.ask("GET", "/login", &fields, "").await;
    let cookie = form
        .field("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert!(form.field("set-cookie").contains("Secure"));
    let token = form.text.split_once("name=\"token\" value=\"").unwrap().1;
    let body = format!(
        "token={}&name=ada&password={}",
        token.split_once('"').unwrap().0,
        PASSWORD.replace(' ', "+")
    );
    for (origin, status) in [
        ("http://127.0.0.1:8080", 403),
        ("https://127.0.0.1:8080", 303),
    ] {
        let fields = [&fields[..], &[("origin", origin), ("cookie", &cookie)]].concat();
        let came = serving.ask("POST", "/login", &fields, &body).await;
        assert_eq!(came.status, status, "{origin}");
        let set = came.field("set-cookie");
        assert_eq!(
            set.starts_with("__Host-stillsays=") && set.contains("Secure"),
            status == 303,
            "{set}"
        );
    }
}

#[tokio::test]
async fn wrong_names_and_passwords_are_told_the_same_and_not_without_end() {
    let serving = Serving::new(true);
    let accounts = serving.web.people.accounts().unwrap().unwrap();
    accounts.disable("vera", true, now()).unwrap();
    let mut texts = Vec::new();
    for (name, password) in [
        ("ben", "wrong horse battery"),
        ("eve", PASSWORD),
        ("vera", PASSWORD),
    ] {
        let came = log_in(&serving, (name, password), "", "").await;
        assert_eq!(came.status, 403, "{name}");
        assert!(
            came.text.contains("Wrong name or password."),
            "{}",
            came.text
        );
        texts.push(came.text.len() - name.len());
    }
    assert!(texts.windows(2).all(|it| it[0] == it[1]), "{texts:?}");
    for _ in 0..4 {
        assert_eq!(log_in(&serving, ("ben", "x"), "", "").await.status, 403);
    }
    for _ in 0..3 {
        let came = log_in(&serving, ("ben", PASSWORD), "", "").await;
        assert_eq!(came.status, 429);
        assert_eq!(came.field("retry-after"), "900");
        assert!(
            came.text
                .contains("Too many attempts. Try again in 15 minutes."),
            "{}",
            came.text
        );
    }
    assert_eq!(
        accounts.failed(100).unwrap().len(),
        7,
        "refused attempts do not count"
    );
}

#[tokio::test]
async fn a_thousand_wrong_log_ins_cost_five_hashes_and_keep_out_nobody_who_was_there_before() {
    let serving = Serving::new(true);
    let accounts = serving.web.people.accounts().unwrap().unwrap();
    accounts.note_login("ben", "192.0.2.1", now()).unwrap();
    let (form, token) = log_in_form(&serving).await;
    let body = format!("token={token}&name=ben&password=wrong+horse+battery");
    let mut verified = 0;
    for number in 0..1_000 {
        let peer = format!("203.0.113.{}", number % 100);
        let fields = [
            ("origin", SITE),
            ("cookie", form.as_str()),
            ("peer", peer.as_str()),
        ];
        let came = serving.ask("POST", "/login", &fields, &body).await;
        verified += u32::from(came.status != 429);
    }
    assert_eq!(verified, 5);
    let came = log_in(&serving, ("ben", PASSWORD), "", "").await;
    assert_eq!(came.status, 303, "{}", came.text);
}

#[tokio::test]
async fn a_name_without_an_account_costs_as_much_as_a_wrong_password() {
    let serving = Serving::new(true);
    let people = &serving.web.people;
    log_in(&serving, ("ben", "wrong horse battery"), "", "").await;
    assert!(!people.has_compared_with_nobody());
    log_in(&serving, ("eve", "wrong horse battery"), "", "").await;
    assert!(people.has_compared_with_nobody());
    assert!(!people.nobody().unwrap().is_weak(), "verified at full cost");
}

#[tokio::test]
async fn a_form_that_is_sent_too_late_is_kept_while_its_sender_logs_in() {
    let serving = Serving::new(true);
    let body = "token=old&finding=410082f4df34&act=edit&note=two+centers";
    let came = serving
        .ask("POST", "/decide", &[("origin", SITE)], body)
        .await;
    assert_eq!(came.status, 403);
    assert!(
        came.text
            .contains("Your session has expired. Log in again; your note and choices are kept.")
    );
    let kept = came
        .text
        .split_once("name=\"kept\" value=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let kept = kept.replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(kept, body);
    let kept: String = url::form_urlencoded::byte_serialize(kept.as_bytes()).collect();
    let came = log_in(
        &serving,
        ("ben", PASSWORD),
        "",
        &format!("&to=/decide&kept={kept}"),
    )
    .await;
    assert_eq!(came.status, 403, "nothing is decided yet");
    assert!(
        came.fields
            .get_all("set-cookie")
            .iter()
            .any(|it| it.to_str().unwrap().starts_with("stillsays="))
    );
    assert!(
        came.text.contains("value=\"two centers\"") && came.text.contains("Send again"),
        "{}",
        came.text
    );
}
