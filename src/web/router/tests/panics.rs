//! A panic while a request is answered ends that request, and nothing else.

use super::*;

#[tokio::test]
async fn a_panic_ends_one_request_and_the_next_one_is_answered() {
    let serving = Serving::new(false);
    let request = Request {
        method: "GET".into(),
        path: "/".into(),
        host: Some(HOST.into()),
        ..Request::default()
    };
    let answer = answered(
        Arc::clone(&serving.web),
        Door::Site,
        request,
        |web, _, _| {
            // The desk is in memory when the panic comes.
            web.now().unwrap();
            panic!("on purpose");
        },
    );
    assert_eq!(answer.await.status, 500);
    let (_, token) = serving.session("ada");
    assert_eq!(serving.ask("GET", "/", &[], "").await.status, 200);
    let sent = format!("token={token}&act=mute&of=x&claim=y&back=/");
    let came = serving
        .ask("POST", "/decide", &[("origin", SITE)], &sent)
        .await;
    assert_eq!(came.status, 303, "{}", came.text);
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let serving = Serving::new(false);
    for path in ["/", "/archive", "/keys", "/activity", "/hosts"] {
        let came = serving.ask("GET", path, &[], "").await;
        let tag = came.field("etag").to_owned();
        assert!(tag.len() > 30, "{path} {tag}");
        let again = serving
            .ask("GET", path, &[("if-none-match", &tag)], "")
            .await;
        assert_eq!(
            (again.status, again.text.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{path}"
        );
        let other = serving
            .ask("GET", path, &[("if-none-match", "\"other\"")], "")
            .await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn no_page_needs_a_style_that_its_policy_does_not_name() {
    let serving = Serving::new(false);
    for path in ["/archive", "/nothing", "/captures/https://site.test/"] {
        let came = serving.ask("GET", path, &[], "").await;
        let policy = came.field("content-security-policy");
        assert!(!policy.contains("unsafe"), "{path} {policy}");
        assert!(
            !came.text.contains("<style") && !came.text.contains(" style="),
            "{path}"
        );
        let sheet = came
            .text
            .split("rel=\"stylesheet\" href=\"")
            .nth(1)
            .unwrap();
        let sheet = sheet.split('"').next().unwrap().trim_start_matches(SITE);
        assert_eq!(
            serving.ask("GET", sheet, &[], "").await.status,
            200,
            "{path} {sheet}"
        );
    }
}
