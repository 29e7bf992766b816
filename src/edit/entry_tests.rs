//! Entries of references in each form, before and after an edit.

use super::*;
use crate::edit::citation::UrlStatus;

const URL: &str = "https://example.org/partners";
const COPY: &str = "https://web.archive.org/web/20221021140005/https://example.org/partners";

fn reference() -> Reference {
    Reference {
        number: 2,
        title: Some("Partners".into()),
        url: Some(URL.into()),
        accessed: "2022-10-21".parse().ok(),
        ..Reference::default()
    }
}

fn archived() -> Citation {
    Citation {
        number: 2,
        title: Some("Partners".into()),
        url: Some(URL.into()),
        access_date: "2022-10-21".parse().ok(),
        archive_url: Some(COPY.into()),
        archive_date: "2022-10-21".parse().ok(),
        url_status: UrlStatus::Dead,
        ..Citation::default()
    }
}

fn moved() -> Citation {
    Citation {
        url: Some("https://example.org/who".into()),
        access_date: "2026-09-15".parse().ok(),
        archive_url: None,
        archive_date: None,
        url_status: UrlStatus::Live,
        ..archived()
    }
}

#[test]
fn an_entry_gets_the_archived_copy_and_keeps_its_wording() {
    let rows = [
        (
            "text",
            format!("“Partners.” Example Group. Accessed October 21, 2022. {URL}."),
            format!(
                "“Partners.” Example Group. Accessed October 21, 2022. {URL}. Archived from the original on October 21, 2022: {COPY}."
            ),
        ),
        (
            "text",
            format!("Partners, {URL} (accessed 21 October 2022)"),
            format!(
                "Partners, {URL}. Archived from the original on 21 October 2022: {COPY}. (accessed 21 October 2022)"
            ),
        ),
        (
            "markdown",
            format!("Partners. <{URL}>. Accessed 2022-10-21."),
            format!(
                "Partners. <{URL}>. [Archived](<{COPY}>) from the original on 2022-10-21. Accessed 2022-10-21."
            ),
        ),
        (
            "html",
            format!(
                "<li id=\"n2\"><a class=\"x\" href=\"{URL}\">Partners</a>, read on 21.10.2022</li>"
            ),
            format!(
                "<li id=\"n2\"><a class=\"x\" href=\"{COPY}\" data-originalurl=\"{URL}\" data-versionurl=\"{COPY}\" data-versiondate=\"2022-10-21\">Partners</a>, read on 21.10.2022</li>"
            ),
        ),
        (
            "wikitext",
            format!(
                "<ref name=\"p\">{{{{cite web |url={URL} |title=Partners |access-date=21 October 2022 }}}}</ref>"
            ),
            format!(
                "<ref name=\"p\">{{{{cite web |url={URL} |title=Partners |access-date=21 October 2022 |archive-url={COPY} |archive-date=21 October 2022 |url-status=dead }}}}</ref>"
            ),
        ),
        (
            "wikitext",
            format!("<ref>[{URL} Partners]</ref>"),
            format!(
                "<ref>{{{{cite web |title=Partners |url={URL} |access-date=2022-10-21 |archive-url={COPY} |archive-date=2022-10-21 |url-status=dead}}}}</ref>"
            ),
        ),
    ];
    for (form, before, after) in rows {
        assert_eq!(
            rewritten(&before, form, &reference(), &archived()).as_deref(),
            Some(after.as_str())
        );
    }
}

#[test]
fn an_entry_gets_the_new_address_and_day() {
    let rows = [
        (
            "text",
            format!("“Partners.” Accessed October 21, 2022. {URL}."),
            "“Partners.” Accessed September 15, 2026. https://example.org/who.",
        ),
        (
            "wikitext",
            format!(
                "{{{{Cite web|title={{{{lang|en|Partners}}}}|url = {URL}|access-date=2022-10-21|url-status=live}}}}"
            ),
            "{{Cite web|title={{lang|en|Partners}}|url = https://example.org/who|access-date=2026-09-15|url-status=live}}",
        ),
    ];
    for (form, before, after) in rows {
        assert_eq!(
            rewritten(&before, form, &reference(), &moved()).as_deref(),
            Some(after)
        );
    }
}

#[test]
fn an_entry_without_the_address_is_left_alone() {
    for form in ["text", "markdown", "html", "wikitext"] {
        assert_eq!(
            rewritten("A book, 1998.", form, &reference(), &archived()),
            None
        );
    }
}
